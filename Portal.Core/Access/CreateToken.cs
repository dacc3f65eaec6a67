using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access;

/// <summary>A token as lists show it; the secret is not in it.</summary>
/// <param name="PreviousUntilUtc">Until then the secret of before the last rotation works too.</param>
public sealed record TokenRow(Guid Id, string Name, string Role, IReadOnlyList<string> Scopes, string Hint, Guid? OwnerUserId, DateTime CreatedAtUtc, DateTime ExpiresAtUtc, DateTime? RevokedAtUtc, DateTime? LastUsedAtUtc, long Version, Guid? ServiceAccountId = null, DateTime? PreviousUntilUtc = null);

/// <summary>A new token and its text, which is shown this once.</summary>
public sealed record TokenCreated(TokenRow Row, string Token);

/// <summary>What a new token shall be.</summary>
/// <param name="Role">A built-in role's name, or the id or slug of one of the organization's own.</param>
/// <param name="Scopes">Permissions (<c>area:verb</c>, <c>area:*</c>) or named scopes (<c>scim</c>) that narrow the role; empty = the whole role.</param>
/// <param name="ExpiresInDays">1 to 365, 90 when absent.</param>
/// <param name="ServiceAccount">Acts as this service account, with its roles; then <paramref name="Role"/> is left out.</param>
public sealed record TokenInput(string? Name, string? Role, IReadOnlyList<string>? Scopes = null, int? ExpiresInDays = null, Guid? ServiceAccount = null)
{
    public const int DefaultDays = 90;
    public const int MaxDays = 365;
    private const int MaxScopes = 40;

    /// <param name="role">That the input names; null where there is none.</param>
    internal Result<(string Name, Role Role, List<string> Scopes, int Days)> Check(Role? role)
    {
        var errors = new List<FieldError>();
        if (TextRule.Check("name", Name, 200, out var name) is { } nameError) errors.Add(nameError);
        if (role is null) errors.Add(new FieldError("role", "role.unknown", $"role is one of {string.Join(", ", BuiltInRoles.Assignable.Select(r => r.Name))}, or the id or slug of one of the organization's own."));
        if (ExpiresInDays is < 1 or > MaxDays) errors.Add(new FieldError("expiresInDays", "token.expiry", $"expiresInDays is a number of days from 1 to {MaxDays}.", Args: [MaxDays]));
        var scopes = new List<string>();
        foreach (var scope in Scopes ?? [])
        {
            if (!IsScope(scope)) errors.Add(new FieldError("scopes", "token.scope", "A scope is a permission such as budgets:read or budgets:*, or the word scim."));
            else if (scope != "scim" && !KnownPermissions.IsArea(scope.Split(':')[0])) errors.Add(new FieldError("scopes", "token.scopeArea", $"No part of the portal is called {scope.Split(':')[0]}.", Args: [scope.Split(':')[0]]));
            else if (!scopes.Contains(scope, StringComparer.Ordinal)) scopes.Add(scope);
        }

        if (scopes.Count > MaxScopes) errors.Add(new FieldError("scopes", "token.scopes", $"At most {MaxScopes} scopes fit.", Args: [MaxScopes]));
        return errors.Count > 0 || role is null ? Problem.Invalid(errors) : (name, role, scopes, ExpiresInDays ?? DefaultDays);
    }

    private static bool IsScope(string? scope)
    {
        if (scope == "scim") return true;
        if (scope is null || scope.Length > 60 || scope.Split(':') is not [var area, var verb]) return false;
        return area.Length > 0 && area.All(char.IsAsciiLetter) && (verb == "*" || (verb.Length > 0 && verb.All(char.IsAsciiLetter)));
    }
}

/// <summary>Makes a token of an organization. Nobody hands out more than they hold; the token ends with the person who made it.</summary>
public sealed record CreateToken(string Org, TokenInput Input) : Command<TokenCreated>
{
    public override string Action => "token.create";

    public override string OrganizationKey => Org;

    public override Permission? Permission => AccessPermissions.WriteTokens;

    public override Task<Result<TokenCreated>> HandleAsync(WriteScope scope, CancellationToken cancellationToken) =>
        TokenMaker.MakeAsync(scope, Input, scope.OrganizationId, cancellationToken);
}

/// <summary>Makes a service administrator's token, which reaches every organization.</summary>
public sealed record CreatePlatformToken(TokenInput Input) : Command<TokenCreated>
{
    public override string Action => "token.create";

    public override Permission? Permission => AccessPermissions.PlatformTokens;

    public override Task<Result<TokenCreated>> HandleAsync(WriteScope scope, CancellationToken cancellationToken) =>
        TokenMaker.MakeAsync(scope, Input, Guid.Empty, cancellationToken);
}

internal static class TokenMaker
{
    public static async Task<Result<TokenCreated>> MakeAsync(WriteScope scope, TokenInput input, Guid organizationId, CancellationToken cancellationToken)
    {
        if (input.ServiceAccount is { } of)
        {
            if (input.Role is not null || organizationId == Guid.Empty) return Problem.Invalid("role", "token.roleOfAccount", "A token of a service account has the account's roles; leave role out.");
            var held = await ServiceAccounts.ServiceAccount.GrantsAsync(scope.Db, organizationId, of, cancellationToken);
            // Without a role at the organization the token still acts with all that the account holds; lists show the least.
            input = input with { Role = held.Find(g => g.Scope == GrantScope.Organization && Roles.Role.Of(g) is { Permissions.Count: > 0 })?.Role ?? BuiltInRoles.OrgUser };
        }

        var named = organizationId == Guid.Empty ? BuiltInRoles.Assignable.FirstOrDefault(r => r.Name == input.Role) : await RoleLookup.FindAsync(scope, input.Role, cancellationToken);
        if (!input.Check(named).TryGet(out var wanted, out var problem)) return problem;
        var (name, role, scopes, days) = wanted;
        if (input.ServiceAccount is { } account && await AccountRefusesAsync(scope, account, scopes, cancellationToken) is { } unfit) return unfit;
        if (Granting.Refuses(scope.Actor, role, new AccessTarget(organizationId), scopes) is { } refusal) return refusal;
        if (scopes.Contains("scim", StringComparer.Ordinal) && !AccessPolicy.May(scope.Actor, Scim.ScimPermissions.Write, organizationId) && !AccessPolicy.May(scope.Actor, Scim.ScimPermissions.Provision, organizationId))
            return new Problem(ProblemKind.Forbidden, "scope.beyondOwn", "A token that provisions people is made by an administrator who manages provisioning.");
        var text = TokenText.NewToken();
        var token = new ApiToken
        {
            Id = Ids.New(),
            OrganizationId = organizationId,
            Name = name,
            Role = role.Name,
            Scopes = scopes,
            Hash = TokenText.Hash(text),
            Hint = TokenText.Hint(text),
            OwnerUserId = input.ServiceAccount is null ? await OwnerAsync(scope, cancellationToken) : null,
            ServiceAccountId = input.ServiceAccount,
            CreatedAtUtc = scope.NowUtc,
            ExpiresAtUtc = scope.NowUtc.AddDays(days),
        };
        scope.Db.Add(token);
        scope.Audit("token", token.Id, token.Name);
        scope.Touch(LiveTopic.Tokens, token.Id, 1);
        return new TokenCreated(ToRow(token, null, await RoleLookup.ShownAsync(scope, token.Role, cancellationToken)), text);
    }

    /// <summary>A token of a service account holds what the account holds: who makes one must hold all of it.</summary>
    private static async Task<Problem?> AccountRefusesAsync(WriteScope scope, Guid id, IReadOnlyList<string> scopes, CancellationToken cancellationToken)
    {
        if (!await scope.Db.Set<ServiceAccounts.ServiceAccount>().AnyAsync(a => a.Id == id && a.OrganizationId == scope.OrganizationId && a.IsActive, cancellationToken))
            return Problem.Invalid("serviceAccount", "serviceAccount.unknown", "There is no such service account, or it is switched off.");
        return Granting.RefusesHeld(scope.Actor, await ServiceAccounts.ServiceAccount.GrantsAsync(scope.Db, scope.OrganizationId, id, cancellationToken), new AccessTarget(scope.OrganizationId), scopes);
    }

    /// <param name="role">The token's, as it is shown.</param>
    public static TokenRow ToRow(ApiToken t, DateTime? lastUsed, string role) =>
        new(t.Id, t.Name, role, t.Scopes, t.Hint, t.OwnerUserId, t.CreatedAtUtc, t.ExpiresAtUtc, t.RevokedAtUtc, lastUsed, Math.Max(1, t.Version), t.ServiceAccountId, t.PreviousUntilUtc);

    internal static async Task<Guid?> OwnerAsync(WriteScope scope, CancellationToken cancellationToken) => scope.Actor.Kind switch
    {
        ActorKind.Person => scope.Actor.Id,
        ActorKind.ServiceAccount => await scope.Db.Set<ServiceAccounts.ServiceAccount>().Where(a => a.Id == scope.Actor.Id).Select(a => (Guid?)a.OwnerUserId).SingleOrDefaultAsync(cancellationToken),
        ActorKind.Token => await scope.Service<TokenDirectory>().OwnerAsync(scope.Actor.Id, cancellationToken),
        _ => null,
    };
}
