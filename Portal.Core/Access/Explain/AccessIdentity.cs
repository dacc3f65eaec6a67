using Hexabase.Portal.Access.Bindings;
using Hexabase.Portal.Access.ServiceAccounts;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Explain;

/// <summary>Whoever can act in an organization, a person or a program, with the ways to what they hold.</summary>
/// <param name="Id">The user's, service account's or token's.</param>
/// <param name="Name">The user name, or the program's name.</param>
/// <param name="Acts">False for who was deactivated, and for tokens that have ended: they can do nothing, whatever stands in the books.</param>
internal sealed record AccessIdentity(ActorKind Kind, Guid Id, string Name, string DisplayName, IReadOnlyList<AccessWay> Ways, bool Acts)
{
    public static readonly string[] Kinds = ["person", "serviceAccount", "token"];

    /// <summary>Of a person.</summary>
    public Guid? MemberId { get; init; }

    /// <summary>Of a person.</summary>
    public DateTime? JoinedAtUtc { get; init; }

    /// <summary>The account that a token acts as, with its roles.</summary>
    public (Guid Id, string Name)? Account { get; init; }

    /// <summary>What narrows a token; null = nothing.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    public IReadOnlyList<Grant> Grants => Acts ? [.. Ways.Select(w => w.Grant)] : [];

    /// <summary>As decisions see it: a token of a service account acts as the account, and no program shows a second factor.</summary>
    public Actor ToActor(AccessState state, CallerFacts facts) => Account is { } account
        ? state.ToActor(ActorKind.ServiceAccount, account.Id, account.Name, Grants, facts with { Mfa = false }, Scopes)
        : state.ToActor(Kind, Id, Name, Grants, Kind == ActorKind.Person ? facts : facts with { Mfa = false }, Scopes);

    /// <param name="kind">person (null likewise), serviceAccount or token.</param>
    /// <param name="key">Of a person the user id, member id or user name, of a program the id or name; of several tokens of one name the newest.</param>
    public static async Task<Result<AccessIdentity>> FindAsync(ReadScope scope, AccessState state, string? kind, string? key, DateTime? at, CancellationToken cancellationToken)
    {
        var (db, org) = (scope.Db, scope.OrganizationId);
        switch (kind ?? Kinds[0])
        {
            case "person":
                if (await BindingPrincipal.FindAsync(scope, PrincipalKind.Person, key, cancellationToken) is not { MemberIds: [var id, ..] }) return Unknown;
                return OfMember(state, await db.Set<Member>().AsNoTracking().SingleAsync(m => m.OrganizationId == org && m.Id == id, cancellationToken), at);
            case "serviceAccount":
                if (await BindingPrincipal.FindAsync(scope, PrincipalKind.ServiceAccount, key, cancellationToken) is not { } found) return Unknown;
                var account = await db.Set<ServiceAccount>().AsNoTracking().SingleAsync(a => a.OrganizationId == org && a.Id == found.Id, cancellationToken);
                return OfAccount(state, account, await OwnersAsync(scope, [account.OwnerUserId], cancellationToken), at);
            case "token":
                var name = key?.Trim();
                var isId = Guid.TryParseExact(name, "D", out var wanted);
                var token = await db.Set<ApiToken>().AsNoTracking().Where(t => t.OrganizationId == org && (isId ? t.Id == wanted : t.Name == name)).OrderByDescending(t => t.CreatedAtUtc).ThenByDescending(t => t.Id).FirstOrDefaultAsync(cancellationToken);
                if (token is null) return Problem.NotFound("token");
                var of = token.ServiceAccountId is { } its ? await db.Set<ServiceAccount>().AsNoTracking().SingleOrDefaultAsync(a => a.OrganizationId == org && a.Id == its, cancellationToken) : null;
                return OfToken(state, token, of, await OwnersAsync(scope, [of?.OwnerUserId ?? token.OwnerUserId ?? Guid.Empty], cancellationToken), at);
            default:
                return Problem.Invalid("principalKind", "access.principalKind", $"principalKind is one of {string.Join(", ", Kinds)}.", string.Join(", ", Kinds));
        }
    }

    /// <summary>Everybody who can act, by name: the members, then service accounts, then tokens, those of service accounts too.</summary>
    public static async Task<List<AccessIdentity>> ListAsync(ReadScope scope, AccessState state, string? filter, DateTime? at, CancellationToken cancellationToken)
    {
        var (db, org) = (scope.Db, scope.OrganizationId);
        var all = (await AccessMembers.ListAsync(scope, filter, at, cancellationToken)).ConvertAll(m => OfMember(state, m, at));
        var accounts = await db.Set<ServiceAccount>().AsNoTracking().Where(a => a.OrganizationId == org).OrderBy(a => a.Name).ThenBy(a => a.Id).ToListAsync(cancellationToken);
        var tokens = await db.Set<ApiToken>().AsNoTracking().Where(t => t.OrganizationId == org && t.CreatedAtUtc <= state.AtUtc && t.ExpiresAtUtc > state.AtUtc && (t.RevokedAtUtc == null || t.RevokedAtUtc > state.AtUtc))
            .OrderBy(t => t.Name).ThenBy(t => t.Id).ToListAsync(cancellationToken);
        var owners = await OwnersAsync(scope, [.. accounts.Select(a => a.OwnerUserId).Concat(tokens.Select(t => t.OwnerUserId).OfType<Guid>()).Distinct()], cancellationToken);
        var byId = accounts.ToDictionary(a => a.Id);
        all.AddRange(accounts.Select(a => OfAccount(state, a, owners, at)).Where(i => i.Acts && Matches(i)));
        all.AddRange(tokens.Select(t => OfToken(state, t, t.ServiceAccountId is { } its ? byId.GetValueOrDefault(its) : null, owners, at)).Where(i => i.Acts && Matches(i)));
        return all;

        bool Matches(AccessIdentity identity) => filter is not { Length: > 0 and <= 200 } || identity.Name.Contains(filter, StringComparison.OrdinalIgnoreCase);
    }

    private static FieldError UnknownField { get; } = new("principal", "access.principal", "principal names nobody here: give a member's user name or id, or a service account's or token's id or name with its principalKind.");

    private static Problem Unknown => Problem.Invalid([UnknownField]);

    // Of a past moment nothing is known of who was deactivated then: what stood in the books counts.
    private static AccessIdentity OfMember(AccessState state, Member member, DateTime? at) =>
        new(ActorKind.Person, member.UserId, member.UserName, member.DisplayName, [.. state.WaysOf(member.UserId, member.Id)], member.IsActive || at is not null) { MemberId = member.Id, JoinedAtUtc = member.JoinedAtUtc };

    private static AccessIdentity OfAccount(AccessState state, ServiceAccount account, Dictionary<Guid, bool> owners, DateTime? at) =>
        new(ActorKind.ServiceAccount, account.Id, account.Name, account.Name, [.. state.WaysOfAccount(account.Id)], at is { } then ? account.CreatedAtUtc <= then : IsOn(account, owners));

    private static AccessIdentity OfToken(AccessState state, ApiToken token, ServiceAccount? account, Dictionary<Guid, bool> owners, DateTime? at)
    {
        // A token whose owner is no member belongs to an administrator of the platform: those of members who were removed have ended.
        var owned = account is not null ? IsOn(account, owners) : token.OwnerUserId is not { } owner || owners.GetValueOrDefault(owner, true);
        var holds = token.CreatedAtUtc <= state.AtUtc && token.ExpiresAtUtc > state.AtUtc && (token.RevokedAtUtc is not { } end || end > state.AtUtc);
        var ways = token.ServiceAccountId is { } of ? state.WaysOfAccount(of) : [new AccessWay(state.GrantOf(token.Role) with { ExpiresAtUtc = token.ExpiresAtUtc }, null, token.CreatedAtUtc, true)];
        return new AccessIdentity(ActorKind.Token, token.Id, token.Name, token.Name, [.. ways], holds && (at is not null || owned))
        {
            Account = token.ServiceAccountId is { } its ? (its, account?.Name ?? token.Name) : null, Scopes = token.Scopes.Count > 0 ? token.Scopes : null,
        };
    }

    private static bool IsOn(ServiceAccount account, Dictionary<Guid, bool> owners) => account.IsActive && owners.GetValueOrDefault(account.OwnerUserId);

    /// <summary>Which of the owners are members, and whether they are active: a member who was deactivated takes their programs along.</summary>
    private static Task<Dictionary<Guid, bool>> OwnersAsync(ReadScope scope, IReadOnlyList<Guid> owners, CancellationToken cancellationToken) =>
        scope.Db.Set<Member>().AsNoTracking().Where(m => m.OrganizationId == scope.OrganizationId && owners.Contains(m.UserId)).ToDictionaryAsync(m => m.UserId, m => m.IsActive, cancellationToken);
}
