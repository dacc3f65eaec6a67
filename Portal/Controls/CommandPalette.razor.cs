using Hexabase.Portal.Shell;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Controls;

/// <summary>Ctrl+K. The browser opens it and filters what is known; the server searches 120 ms after the last key and drops answers to older texts.</summary>
public sealed partial class CommandPalette : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(120);

    private IReadOnlyList<PaletteItem> _found = [];
    private string _text = "";
    private bool _searching;
    private CancellationTokenSource? _search;

    [Inject] private IEnumerable<IPaletteSource> Sources { get; set; } = default!;

    [Inject] private NavModel Nav { get; set; } = default!;

    [Inject] private Text T { get; set; } = default!;

    [Inject] private TimeProvider Clock { get; set; } = default!;

    private IEnumerable<PaletteItem> Known =>
        Nav.Groups.SelectMany(group => group.Items.Select(item => new PaletteItem(item.Title, item.Icon, item.Href, Hint: group.Title))).Concat(Sources.SelectMany(source => source.Items));

    protected override void OnInitialized() => Nav.Changed += OnChanged;

    public void Dispose()
    {
        Nav.Changed -= OnChanged;
        _search?.Cancel();
        _search?.Dispose();
    }

    private void OnChanged() => _ = InvokeAsync(StateHasChanged);

    private async Task OnInput(ChangeEventArgs e)
    {
        if (_search is not null) await _search.CancelAsync();
        _search?.Dispose();
        var search = _search = new();
        _text = (e.Value as string ?? "").Trim();
        (_found, _searching) = ([], _text.Length > 0);
        if (_text.Length == 0) return;
        try
        {
            await Task.Delay(Pause, Clock, search.Token);
            var answers = new List<PaletteItem>();
            foreach (var source in Sources) answers.AddRange(await source.SearchAsync(_text, search.Token));
            search.Token.ThrowIfCancellationRequested();
            _found = answers;
        }
        catch (OperationCanceledException) when (search.IsCancellationRequested)
        {
            // A newer text is being searched.
            return;
        }

        _searching = false;
    }
}
