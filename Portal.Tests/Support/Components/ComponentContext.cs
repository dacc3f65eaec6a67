using Hexabase.Portal.Controls;
using Hexabase.Portal.Shell;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.JSInterop;

namespace Hexabase.Portal.Support.Components;

/// <summary>
/// bUnit's test context in small: services, a viewer, a browser that records its calls, a clock that stands still.
/// <c>await using var context = new ComponentContext(); var cut = await context.RenderAsync&lt;Delta&gt;(p =&gt; p.Add(x =&gt; x.Ratio, 0.1));</c>
/// </summary>
public sealed class ComponentContext : IAsyncDisposable
{
    private readonly List<TestRenderer> _renderers = [];
    private ServiceProvider? _root;
    private AsyncServiceScope? _scope;

    public ComponentContext(string language = "en", string zone = "UTC")
    {
        Services.AddLogging();
        Services.AddShell();
        Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Clock));
        Services.AddSingleton<IJSRuntime>(Js);
        Services.AddSingleton<NavigationManager>(new FakeNavigation());
        Services.AddScoped(_ =>
        {
            var viewer = new Viewer();
            viewer.Use(language, zone);
            return viewer;
        });
    }

    /// <summary>Add here before the first render.</summary>
    public IServiceCollection Services { get; } = new ServiceCollection();

    public RecordingBrowser Js { get; } = new();

    public ManualClock Clock { get; } = new(new DateTimeOffset(2026, 11, 19, 6, 0, 0, TimeSpan.Zero));

    public T Get<T>()
        where T : notnull => Provider.GetRequiredService<T>();

    public async Task<Rendered<T>> RenderAsync<T>(Action<Parameters<T>>? build = null)
        where T : IComponent
    {
        var parameters = new Parameters<T>();
        build?.Invoke(parameters);
        var renderer = new TestRenderer(Provider);
        _renderers.Add(renderer);
        var (id, component) = await renderer.MountAsync(typeof(T), parameters.View);
        var rendered = new Rendered<T>(renderer, id, (T)component);
        await rendered.RefreshAsync();
        return rendered;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var renderer in _renderers) await renderer.DisposeAsync();
        if (_scope is { } scope) await scope.DisposeAsync();
        if (_root is not null) await _root.DisposeAsync();
    }

    private IServiceProvider Provider => (_scope ??= (_root = Services.BuildServiceProvider()).CreateAsyncScope()).ServiceProvider;

    private sealed class FakeNavigation : NavigationManager
    {
        public FakeNavigation() => Initialize("http://localhost/", "http://localhost/page?filter=1");

        protected override void NavigateToCore(string uri, NavigationOptions options) => Uri = ToAbsoluteUri(uri).ToString();
    }
}
