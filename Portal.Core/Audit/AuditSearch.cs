using Hexabase.Portal.Kernel;
using Hexabase.Portal.Workspaces;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Audit;

/// <summary>Decides whether an opened entry answers the terms of a search.</summary>
internal sealed class AuditSearch(IReadOnlyList<AuditTerm> terms, IReadOnlyDictionary<AuditValue, HashSet<Guid>> workspaces)
{
    public static async Task<AuditSearch> BuildAsync(ReadScope scope, IReadOnlyList<AuditTerm> terms, CancellationToken cancellationToken)
    {
        var workspaces = new Dictionary<AuditValue, HashSet<Guid>>();
        foreach (var value in terms.Where(t => t.Qualifier == "workspace").SelectMany(t => t.Values).Distinct())
        {
            var text = value.Text;
            if (Guid.TryParseExact(text, "D", out var id))
            {
                workspaces[value] = [id];
                continue;
            }

            var named = scope.Db.Set<Workspace>().AsQueryable();
            named = value.IsPrefix ? named.Where(w => w.Slug.StartsWith(text)) : named.Where(w => w.Slug == text);
            workspaces[value] = [.. await named.Select(w => w.Id).Take(1000).ToListAsync(cancellationToken)];
        }

        return new AuditSearch(terms, workspaces);
    }

    public bool Matches(AuditEntryRow row) => terms.All(t => t.Values.Any(v => Matches(t.Qualifier, v, row)) != t.IsNegated);

    private bool Matches(string? qualifier, AuditValue value, AuditEntryRow row) => qualifier switch
    {
        null => new[] { row.ActorName, row.Action, row.ResourceKind, row.ResourceName, row.ResourceId, row.Reason, row.OldValue?.GetRawText(), row.NewValue?.GetRawText(), row.IpAddress, row.UserAgent, row.RequestId, row.Permission }
            .Any(t => t is not null && t.Contains(value.Text, StringComparison.OrdinalIgnoreCase)),
        "actor" => Guid.TryParseExact(value.Text, "D", out var id) ? row.UserId == id : Equal(row.ActorName, value),
        "action" => Equal(row.Action, value),
        "resource" => Equal(row.ResourceKind, value) || Equal(row.ResourceName, value) || Equal(row.ResourceId, value),
        "status" => value.Text == "success" == (row.Status == AuditStatus.Success),
        "ip" => AuditNetwork.TryParse(value.Text, out var network) ? network?.Contains(row.IpAddress) == true : Equal(row.IpAddress, value),
        "kind" => Equal(row.ActorKind, value) || Equal(row.ResourceKind, value),
        "source" => Equal(row.Source, value),
        "workspace" => row.Workspace is { } workspace && workspaces[value].Contains(workspace),
        "after" => AuditQueryParser.TryParseTime(value.Text, out var moment) && row.Timestamp >= moment,
        "before" => AuditQueryParser.TryParseTime(value.Text, out var moment) && row.Timestamp < moment,
        _ => throw new InvalidOperationException($"The qualifier {qualifier} has no condition."),
    };

    private static bool Equal(string? text, AuditValue value) =>
        text is not null && (value.IsPrefix ? text.StartsWith(value.Text, StringComparison.OrdinalIgnoreCase) : text.Equals(value.Text, StringComparison.OrdinalIgnoreCase));
}
