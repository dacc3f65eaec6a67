using Hexabase.Portal.Kernel;
using Hexabase.Portal.Workspaces;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Audit.Search;

/// <summary>
/// Values that begin so, from the dictionaries of the index, most frequent first, as entries spell them: what a search box offers while a value is typed. Only values of entries that the
/// actor may see. Part of writing a search, so it leaves no entry of its own; like every ordinary read it is counted.
/// </summary>
/// <param name="Org">Null = the platform's own log.</param>
/// <param name="Field">A qualifier: one of <see cref="Fields"/>.</param>
/// <param name="Prefix">Width and case are of no account; at most 200 characters.</param>
/// <param name="Limit">1 to 50.</param>
public sealed record CompleteAudit(string? Org, string Field, string Prefix = "", int Limit = 8) : Query<IReadOnlyList<string>>
{
    private const int MaxPrefix = 200;

    public static IReadOnlyList<string> Fields { get; } = ["actor", "action", "resource", "workspace", "ip", "kind", "source"];

    private static string FieldNames { get; } = string.Join(", ", Fields);

    public override string? OrganizationKey => Org;

    public override Permission? Permission => AuditPermissions.Read;

    public override Task<Result<AccessTarget>> TargetAsync(ReadScope scope, CancellationToken cancellationToken) => Task.FromResult<Result<AccessTarget>>(AuditReach.TargetOf(scope));

    public override async Task<Result<IReadOnlyList<string>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        if (!Fields.Contains(Field, StringComparer.Ordinal)) return Problem.Invalid("field", "audit.values.field", $"field is one of: {FieldNames}.", FieldNames);
        if (Prefix.Length > MaxPrefix) return Problem.Invalid("prefix", "audit.values.prefix", $"prefix has at most {MaxPrefix} characters.", MaxPrefix);
        if (Limit is < 1 or > 50) return Problem.Invalid("limit", "audit.values.limit", "limit is a number from 1 to 50.");
        if (Field == "workspace") return await Slugs(scope.Db.Set<Workspace>(), scope.OrganizationId, await AuditReach.WorkspacesAsync(scope, cancellationToken)).ToListAsync(cancellationToken);
        return await AuditSearchSession.RunAsync<IReadOnlyList<string>>(scope, async (session, limited) => await new AuditDictionary(session).ValuesAsync(Field, Prefix, Limit, limited), cancellationToken);
    }

    /// <summary>The index knows workspaces by their ids; people know them by their slugs.</summary>
    internal IQueryable<string> Slugs(IQueryable<Workspace> workspaces, Guid organizationId, IReadOnlySet<Guid>? reach)
    {
        var prefix = Prefix.ToLowerInvariant();
        var found = workspaces.Where(w => w.OrganizationId == organizationId && w.Slug.StartsWith(prefix));
        if (reach is not null) found = found.Where(w => reach.Contains(w.Id));
        return found.OrderBy(w => w.Slug).Select(w => w.Slug).Take(Limit);
    }
}

/// <summary>Whether the actor sees any of the log. Answers true or is refused; the refusal is an entry, as everywhere.</summary>
/// <param name="Org">Null = the platform's own log.</param>
public sealed record EnterAudit(string? Org) : Query<bool>
{
    public override string? OrganizationKey => Org;

    public override Permission? Permission => AuditPermissions.Read;

    public override Task<Result<AccessTarget>> TargetAsync(ReadScope scope, CancellationToken cancellationToken) => Task.FromResult<Result<AccessTarget>>(AuditReach.TargetOf(scope));

    public override Task<Result<bool>> HandleAsync(ReadScope scope, CancellationToken cancellationToken) => Task.FromResult<Result<bool>>(true);
}
