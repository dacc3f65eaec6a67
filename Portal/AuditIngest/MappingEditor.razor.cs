using Hexabase.Portal.Audit.Ingest;
using Hexabase.Portal.Controls;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.AuditIngest;

/// <summary>How an organization's own events are read: a path for each field, tried on a pasted sample before it is saved.</summary>
public sealed partial class MappingEditor
{
    private IReadOnlyList<MappedField> _fields = [];
    private EventMappingRow? _row;
    private EventPreview? _preview;
    private string? _failures;
    private string? _sample;

    [Parameter] public bool MayChange { get; set; }

    [Parameter] public bool MayTry { get; set; }

    private Dictionary<string, string> Paths => _fields.Where(f => !string.IsNullOrWhiteSpace(f.Paths)).ToDictionary(f => f.Name, f => f.Paths ?? "", StringComparer.Ordinal);

    private string[] Failures => (_failures ?? "").Split([',', '、', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    protected override Task OnInitializedAsync() => LoadAsync();

    private async Task LoadAsync()
    {
        Problem = null;
        if (await AskAsync(new GetEventMapping(Org)) is not { } row) return;
        _row = row;
        _fields = [.. row.Defaults.Keys.Order(StringComparer.Ordinal).Select(name => new MappedField(name) { Paths = row.Fields.GetValueOrDefault(name) })];
        _failures = string.Join(", ", row.FailureValues);
    }

    private async Task SaveAsync()
    {
        var (done, saved) = await SendAsync(new SaveEventMapping(Org, Paths, Failures, _row?.Version));
        if (!done || saved is null) return;
        _row = saved;
        Toasts.Show(T["sources.saved"], Tone.Good);
    }

    private async Task TryAsync()
    {
        Problem = null;
        _preview = await AskAsync(new PreviewEvents(Org, EventSources.Generic, _sample, Paths, Failures));
    }

    private sealed class MappedField(string name)
    {
        public string Name => name;

        public string? Paths { get; set; }
    }
}
