using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access;

/// <summary>A token that ends with the person who asks.</summary>
/// <param name="OrganizationSlug">Null for a service administrator's.</param>
public sealed record OwnTokenRow(Guid Id, string Name, string Role, string Hint, string? OrganizationName, string? OrganizationSlug, DateTime ExpiresAtUtc, DateTime? LastUsedAtUtc);

/// <summary>The person's own tokens that hold, in every organization, or in that of the provider that vouched for the session; those that end first stand first.</summary>
public sealed record ListOwnTokens : Query<IReadOnlyList<OwnTokenRow>>
{
    private const int Most = 200;

    public override Permission? Permission => null;

    public override bool AllowsAnySignedIn => true;

    public override async Task<Result<IReadOnlyList<OwnTokenRow>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        if (scope.Actor.Kind != ActorKind.Person) return SessionProblems.NotAPerson;
        var tokens = await OwnAccount.Tokens(scope).Where(t => t.RevokedAtUtc == null && t.ExpiresAtUtc > scope.NowUtc)
            .OrderBy(t => t.ExpiresAtUtc).ThenBy(t => t.Id).Take(Most).ToListAsync(cancellationToken);
        var ids = tokens.ConvertAll(t => t.Id);
        var uses = await scope.Db.Set<ApiTokenUse>().Where(u => ids.Contains(u.Id)).ToDictionaryAsync(u => u.Id, u => u.LastUsedAtUtc, cancellationToken);
        var roles = tokens.ConvertAll(t => Guid.TryParseExact(t.Role, "D", out var role) ? role : Guid.Empty);
        // A slug is told in its own organization alone.
        var own = (await scope.Db.Set<Roles.CustomRole>().AsNoTracking().Where(r => roles.Contains(r.Id)).ToListAsync(cancellationToken)).ToDictionary(r => (r.OrganizationId, r.Key), r => r.Slug);
        var rows = new List<OwnTokenRow>(tokens.Count);
        foreach (var token in tokens)
        {
            var tenant = token.OrganizationId == Guid.Empty ? null : await scope.Service<OrganizationDirectory>().FindAsync(token.OrganizationId.ToString(), cancellationToken);
            rows.Add(new OwnTokenRow(token.Id, token.Name, own.GetValueOrDefault((token.OrganizationId, token.Role)) ?? token.Role, token.Hint, tenant?.Name, tenant?.Slug, token.ExpiresAtUtc, uses.TryGetValue(token.Id, out var used) ? used : null));
        }

        return rows;
    }
}

/// <summary>Ends one of the person's own tokens, whatever their role there now is.</summary>
public sealed record RevokeOwnToken(Guid Id) : Command<Done>
{
    public override string Action => "token.revoke";

    public override Permission? Permission => null;

    public override bool AllowsAnySignedIn => true;

    public override async Task<Result<Done>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (scope.Actor.Kind != ActorKind.Person) return SessionProblems.NotAPerson;
        var token = await scope.Db.Set<ApiToken>().SingleOrDefaultAsync(t => t.Id == Id && t.OwnerUserId == scope.Actor.Id, cancellationToken);
        if (token is null) return Problem.NotFound("token");
        if (!await OwnAccount.Tokens(scope).AnyAsync(t => t.Id == Id, cancellationToken)) return OwnAccount.ThroughProvider;
        if (token.OrganizationId != Guid.Empty) scope.AuditIn(token.OrganizationId);
        scope.Audit("token", token.Id, token.Name);
        TokenEnd.Revoke(scope, token);
        if (token.OrganizationId != Guid.Empty) scope.Touch(LiveTopic.Tokens, token.Id, token.Version + 1, token.OrganizationId);
        return default(Done);
    }
}
