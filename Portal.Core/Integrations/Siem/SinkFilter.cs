using System.Globalization;
using System.Text.Json;
using Hexabase.Portal.Audit;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Integrations.Siem;

/// <summary>The search language of the audit log, applied to one entry at a time. The same entry and filter always give the same answer.</summary>
public sealed class SinkFilter
{
    private readonly IReadOnlyList<Func<AuditEntryRow, bool>> _terms;

    private SinkFilter(IReadOnlyList<Func<AuditEntryRow, bool>> terms) => _terms = terms;

    /// <param name="workspaces">Ids of the workspaces that are named by slug.</param>
    public static Result<SinkFilter> Create(string filter, IReadOnlyDictionary<string, Guid>? workspaces)
    {
        if (!AuditQueryParser.Parse(filter).TryGet(out var terms, out var problem)) return problem;
        return new SinkFilter([.. terms.Select(t => Compile(t, workspaces))]);
    }

    /// <summary>The slugs that the filter's <c>workspace:</c> names.</summary>
    public static IEnumerable<string> WorkspaceSlugs(IReadOnlyList<AuditTerm> terms) =>
        terms.Where(t => t.Qualifier == "workspace").SelectMany(t => t.Values).Where(v => !Guid.TryParse(v.Text, out _)).Select(v => v.Text);

    public bool Matches(AuditEntryRow row)
    {
        foreach (var term in _terms)
        {
            if (!term(row)) return false;
        }

        return true;
    }

    private static Func<AuditEntryRow, bool> Compile(AuditTerm term, IReadOnlyDictionary<string, Guid>? workspaces)
    {
        var values = term.Values.Select(v => Value(term.Qualifier, v, workspaces)).ToArray();
        return row => Array.Exists(values, v => v(row)) != term.IsNegated;
    }

    private static Func<AuditEntryRow, bool> Value(string? qualifier, AuditValue value, IReadOnlyDictionary<string, Guid>? workspaces)
    {
        var text = value.Text;
        var id = Guid.TryParseExact(text, "D", out var guid) ? guid : (Guid?)null;
        switch (qualifier)
        {
            case "actor": return id is not null ? row => row.UserId == id : row => Is(row.ActorName, value);
            case "action": return row => Is(row.Action, value);
            case "resource": return row => Is(row.ResourceKind, value) || Is(row.ResourceName, value) || Is(row.ResourceId, value);
            case "workspace":
                var workspace = id ?? (workspaces is not null && workspaces.TryGetValue(text, out var known) ? known : null);
                return row => workspace is not null && row.Workspace == workspace;
            case "status":
                var status = text == "success" ? AuditStatus.Success : AuditStatus.Failure;
                return row => row.Status == status;
            case "ip": return AuditNetwork.TryParse(text, out var network) && network is not null ? row => network.Contains(row.IpAddress) : row => Is(row.IpAddress, value);
            case "kind": return row => Is(row.ActorKind, value) || Is(row.ResourceKind, value);
            case "source": return row => Is(row.Source, value);
            case "after" when AuditQueryParser.TryParseTime(text, out var from): return row => row.Timestamp >= from;
            case "before" when AuditQueryParser.TryParseTime(text, out var to): return row => row.Timestamp < to;
            default: return row => Holds(row, text);
        }
    }

    private static bool Is(string? text, AuditValue value) =>
        text is not null && (value.IsPrefix ? text.StartsWith(value.Text, StringComparison.OrdinalIgnoreCase) : text.Equals(value.Text, StringComparison.OrdinalIgnoreCase));

    private static bool Holds(AuditEntryRow row, string sought) =>
        Has(row.ActorName, sought) || Has(row.Action, sought) || Has(row.ResourceKind, sought) || Has(row.ResourceName, sought) || Has(row.ResourceId, sought) || Has(row.Reason, sought)
        || Has(Raw(row.OldValue), sought) || Has(Raw(row.NewValue), sought) || Has(row.IpAddress, sought) || Has(row.UserAgent, sought) || Has(row.RequestId, sought) || Has(row.Permission, sought);

    // Folds as the search does: upper and lower case, full and half width.
    private static bool Has(string? text, string sought) =>
        text is not null && CultureInfo.InvariantCulture.CompareInfo.IndexOf(text, sought, CompareOptions.IgnoreCase | CompareOptions.IgnoreWidth) >= 0;

    private static string? Raw(JsonElement? value) => value?.GetRawText();
}

/// <summary>All filters that a sink has had, each for the entries since its index.</summary>
internal sealed class SinkFilters
{
    private readonly (long From, SinkFilter Filter)[] _revisions;

    private SinkFilters((long From, SinkFilter Filter)[] revisions) => _revisions = revisions;

    public static SinkFilters Of(AuditSink sink) => new([.. sink.ReadFilters().OrderBy(r => r.FromIndex).Select(r => (r.FromIndex, SinkFilter.Create(r.Filter, r.Workspaces).Value))]);

    public bool Matches(AuditEntryRow row, long index)
    {
        for (var i = _revisions.Length - 1; i >= 0; i--)
        {
            if (_revisions[i].From <= index || i == 0) return _revisions[i].Filter.Matches(row);
        }

        return true;
    }
}
