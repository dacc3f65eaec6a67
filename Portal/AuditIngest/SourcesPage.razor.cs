using Hexabase.Portal.Audit.Ingest;
using Hexabase.Portal.Controls;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Shell;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.AuditIngest;

/// <summary>The outside logs that come together here: what came from each, and how to connect it.</summary>
public sealed partial class SourcesPage
{
    private IReadOnlyList<EventSourceRow> _rows = [];

    [SupplyParameterFromQuery(Name = "source")] public string? Source { get; set; }

    [SupplyParameterFromQuery(Name = "mapping")] public bool Mapping { get; set; }

    protected override IReadOnlyCollection<string> Topics => [LiveTopic.Audit];

    private EventSourceRow? Chosen => _rows.FirstOrDefault(r => r.Source == Source);

    protected override async Task LoadAsync(CancellationToken cancellationToken) => _rows = await AskAsync(new ListEventSources(Org ?? "")) ?? _rows;

    private string Address(string source) => Url($"audit/sources?source={source}");

    private string Count(EventSourceRow row, long count) => row.LastRequestAtUtc is null ? Display.Unknown : Display.Number(count);

    private static bool IsBad(EventSourceRow row) => row.LastErrorAtUtc is not null && row.LastErrorAtUtc == row.LastRequestAtUtc;

    private static Tone ToneOf(EventSourceRow row) => row.LastRequestAtUtc is null ? Tone.Neutral : IsBad(row) ? Tone.Warn : Tone.Good;

    private static string StateOf(EventSourceRow row) => row.LastRequestAtUtc is null ? "sources.notConnected" : IsBad(row) ? "sources.withErrors" : "sources.connected";
}
