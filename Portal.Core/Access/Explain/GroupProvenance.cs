using Hexabase.Portal.Access.Groups;
using Hexabase.Portal.Audit.Search;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Access.Explain;

/// <summary>Whose provisioning a group belongs to, as the audit log tells.</summary>
/// <param name="Provisioner">The token or service account that made it.</param>
/// <param name="ProvisionerId">Likewise its id.</param>
public sealed record GroupProvenance(DateTime MadeAtUtc, string? Provisioner, Guid? ProvisionerId)
{
    /// <summary>Groups are made by provisioning alone; its entry is found by the log's index. Who may not read the log, and where the entry is not kept any more, is told the moment alone.</summary>
    internal static async Task<GroupProvenance> FindAsync(ReadScope scope, Group group, CancellationToken cancellationToken)
    {
        var made = await new SearchAudit(scope.OrganizationId.ToString("D"), $"resource:group/{group.Id:D} action:group.create", Limit: 1).HandleAsync(scope, cancellationToken);
        return made.TryGet(out var page, out _) && page.Items is [var entry, ..] ? new GroupProvenance(group.CreatedAtUtc, entry.ActorName, entry.UserId) : new GroupProvenance(group.CreatedAtUtc, null, null);
    }
}
