using Hexabase.Portal.Access.Bindings;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Workspaces;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Explain;

/// <summary>What is asked: a permission, a place, a moment, and what is assumed of the caller.</summary>
/// <param name="Permission"><c>area:verb</c>, one that exists.</param>
/// <param name="Scope">organization (default), businessUnit, workspace or project.</param>
/// <param name="Place">Id or slug of the unit, workspace or project.</param>
/// <param name="At">A past moment; null = now.</param>
/// <param name="Ip">The caller's address; null = unknown, so that conditions on it do not hold.</param>
/// <param name="Mfa">A second factor was shown just now.</param>
public sealed record AccessQuestion(string? Permission, string? Scope = null, string? Place = null, DateTime? At = null, string? Ip = null, bool Mfa = false)
{
    internal CallerFacts Facts => new(Ip, Mfa);

    internal async Task<Result<(Permission Permission, AccessTarget Target)>> CheckAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var errors = new List<FieldError>();
        var known = PermissionCatalog.Permissions.FirstOrDefault(p => p.ToString() == Permission);
        if (known == default) errors.Add(new FieldError("permission", "role.permission", $"'{Permission}' stands for no permission: write area:verb as in the list of permissions, with * for all.", Args: [Permission]));
        AccessTarget? target = null;
        if (!BindingPlace.TryReadScope(Scope, out var kind)) errors.Add(BindingPlace.UnknownScope);
        else if ((target = await WholePlaceAsync(scope, kind, cancellationToken)) is null) errors.Add(new FieldError("place", "binding.place", "place names no business unit, workspace or project of the organization: give its id or slug."));
        if (At > scope.NowUtc) errors.Add(new FieldError("at", "access.future", "at lies in the future: what will be is not known."));
        if (Ip is { } ip && !System.Net.IPAddress.TryParse(ip, out _)) errors.Add(new FieldError("ip", "access.ip", "ip is an IPv4 or IPv6 address."));
        return errors.Count > 0 || target is null ? Problem.Invalid(errors) : (known, target);
    }

    // As if everything about the place were asked for: units above it and what it is like, whoever asks.
    private async Task<AccessTarget?> WholePlaceAsync(ReadScope scope, GrantScope kind, CancellationToken cancellationToken)
    {
        if (await BindingPlace.FindAsync(scope, kind, Place, cancellationToken) is not { } found) return null;
        var tree = await Organizations.BusinessUnitTree.LoadAsync(scope, cancellationToken);
        if (found.WorkspaceId is { } id)
        {
            var workspace = await scope.Db.Set<Workspace>().AsNoTracking().SingleAsync(w => w.Id == id, cancellationToken);
            return found with { BusinessUnitIds = tree.ChainOn(workspace.BusinessUnitId, scope.TodayUtc), Facts = workspace.ToFacts() };
        }

        return kind == GrantScope.BusinessUnit && await BindingPlace.IdAsync(scope, kind, Place ?? "", cancellationToken) is { } unit ? found with { BusinessUnitIds = tree.ChainOn(unit, scope.TodayUtc) } : found;
    }
}
