using System.Globalization;
using System.Text.Json;
using Hexabase.Portal.Audit.Search;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Shell;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Audit;

/// <summary>One entry: who, what, the values before and after side by side, why it was allowed or not, and what else the same action caused.</summary>
public sealed partial class AuditDetail
{
    private IReadOnlyList<AuditChange> _changes = [];
    private IReadOnlyList<AuditChange> _decision = [];

    [Parameter, EditorRequired] public required Actor Actor { get; set; }

    /// <summary>The organization's slug; empty = the platform's own log.</summary>
    [Parameter] public string Org { get; set; } = "";

    [Parameter, EditorRequired] public required AuditEntryDetails Details { get; set; }

    /// <summary>The address of a search.</summary>
    [Parameter, EditorRequired] public required Func<string, string> SearchHref { get; set; }

    [Parameter, EditorRequired] public required Func<Guid, string> EntryHref { get; set; }

    [Inject] private Text T { get; set; } = default!;

    [Inject] private Display Display { get; set; } = default!;

    private AuditEntryRow E => Details.Entry;

    // What was made has no before, what was removed no after: the other column has the room.
    private bool HasBefore => _changes.Any(c => c.Before is not null);

    private bool HasAfter => _changes.Any(c => c.After is not null);

    private IReadOnlyList<(string Name, string? Value)> Identifiers =>
    [
        ("audit.entryId", E.Id.ToString()), ("audit.position", E.Index?.ToString(CultureInfo.InvariantCulture)), ("audit.sourceId", E.SourceId), ("audit.userId", E.UserId == Guid.Empty ? null : E.UserId.ToString()),
        ("audit.resourceId", E.ResourceId), ("audit.workspaceId", E.Workspace?.ToString()), ("audit.sessionId", E.Session?.ToString()), ("audit.requestId", E.RequestId),
        ("audit.operationId", E.Operation?.ToString()), ("audit.approver", E.Approver?.ToString()), ("audit.agent", E.UserAgent), ("audit.origin", E.Source),
    ];

    protected override void OnParametersSet()
    {
        _changes = AuditWords.Changes(E.OldValue, E.NewValue);
        _decision = [.. AuditWords.Changes(null, E.Decision).Where(d => d.After is { Length: > 0 } and not "null").Select(d => d with { After = Plain(d.After) })];
    }

    private string Search(string qualifier, string value) => SearchHref(value.Any(c => char.IsWhiteSpace(c) || c is ',' or '"') || value.EndsWith('*')
        ? $"{qualifier}:\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"" : $"{qualifier}:{value}");

    // A list of roles reads better as words than as JSON.
    private string Plain(string? value)
    {
        if (value is "true" or "false") return T[value == "true" ? "audit.yes" : "audit.no"];
        if (value is not ['[', ..] || JsonElement.Parse(value) is not { ValueKind: JsonValueKind.Array } list) return Role(value ?? "");
        return string.Join(", ", list.EnumerateArray().Select(i => Role(i.ToString())));
    }

    private string Role(string name) => T.Has($"role.{name}") ? T[$"role.{name}"] : name;
}
