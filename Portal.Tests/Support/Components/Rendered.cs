using System.Globalization;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace Hexabase.Portal.Support.Components;

/// <summary>A component on the test's page. Elements are found by CSS; after each event the markup is new, so find again.</summary>
public sealed class Rendered<T>
    where T : IComponent
{
    private readonly TestRenderer _renderer;
    private readonly int _id;

    internal Rendered(TestRenderer renderer, int id, T instance) => (_renderer, _id, Instance) = (renderer, id, instance);

    public T Instance { get; }

    public string Markup { get; private set; } = "";

    public IDocument Document { get; private set; } = new HtmlParser().ParseDocument("");

    public int Renders => _renderer.Renders;

    public IElement Find(string css) => Document.QuerySelector(css) ?? throw new InvalidOperationException($"Nothing matches '{css}' in:\n{Markup}");

    public IReadOnlyList<IElement> FindAll(string css) => [.. Document.QuerySelectorAll(css)];

    public Task ClickAsync(string css) => RaiseAsync(css, "onclick", new MouseEventArgs());

    public Task ChangeAsync(string css, object? value) => RaiseAsync(css, "onchange", new ChangeEventArgs { Value = value });

    public Task InputAsync(string css, string value) => RaiseAsync(css, "oninput", new ChangeEventArgs { Value = value });

    public Task KeyDownAsync(string css, string key) => RaiseAsync(css, "onkeydown", new KeyboardEventArgs { Key = key });

    /// <summary>Raises an event at the element; like a browser it bubbles until an ancestor stops it.</summary>
    public async Task RaiseAsync(string css, string name, EventArgs args)
    {
        var handled = false;
        for (var at = Find(css); at is not null; at = at.ParentElement)
        {
            if (at.GetAttribute("blazor:" + name) is { } id)
            {
                await _renderer.RaiseAsync(ulong.Parse(id, CultureInfo.InvariantCulture), args);
                handled = true;
            }

            if (at.HasAttribute("__internal_stoppropagation_" + name)) break;
        }

        if (!handled) throw new InvalidOperationException($"Nobody handles {name} at '{css}'.");
        await RefreshAsync();
    }

    public async Task SetAsync(Action<Parameters<T>> build)
    {
        var parameters = new Parameters<T>();
        build(parameters);
        await _renderer.UpdateAsync(_id, parameters.View);
        await RefreshAsync();
    }

    public Task InvokeAsync(Func<Task> work) => _renderer.Dispatcher.InvokeAsync(work);

    /// <summary>Waits until the markup is as expected; at most 5 s.</summary>
    public async Task WaitForStateAsync(Func<bool> reached)
    {
        for (var attempt = 0; ; attempt++)
        {
            await RefreshAsync();
            if (reached()) return;
            if (attempt == 500) throw new TimeoutException("Not reached within 5 s:\n" + Markup);
            await Task.Delay(10);
        }
    }

    public async Task RefreshAsync()
    {
        _renderer.ThrowIfFailed();
        Markup = await _renderer.HtmlAsync(_id);
        Document = new HtmlParser().ParseDocument("<!doctype html><body>" + Markup);
    }
}
