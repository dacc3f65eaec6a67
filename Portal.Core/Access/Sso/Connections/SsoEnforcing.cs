using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Hexabase.Portal.Access.Sso.Connections;

/// <summary>Sets who has to come in through a connection: off, phased, enforced.</summary>
public sealed record EnforceSso(string Org, Guid Id, string? State, long? ExpectedVersion = null) : Command<SsoConnectionRow>
{
    public override string Action => "ssoConnection.enforce";

    public override string OrganizationKey => Org;

    public override Permission? Permission => SsoPermissions.Write;

    public override async Task<Result<SsoConnectionRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var errors = new List<FieldError>();
        var wanted = Words.ReadOf<SsoEnforcement>("sso", "state", State, null, errors);
        if (errors.Count > 0) return Problem.Invalid(errors);
        if (!(await SsoChange.FindAsync(scope, Id, ExpectedVersion, cancellationToken)).TryGet(out var connection, out var problem)) return problem;
        if (wanted > connection.Enforcement && await RefusesAsync(scope, connection, cancellationToken) is { } refusal) return refusal;
        var before = SsoChange.View(connection);
        if (wanted == SsoEnforcement.Off) connection.EnforcedAtUtc = null;
        else if (connection.Enforcement == SsoEnforcement.Off || wanted == SsoEnforcement.Enforced) connection.EnforcedAtUtc = scope.NowUtc;
        connection.Enforcement = wanted;
        scope.Touch(LiveTopic.Sessions, connection.Id, 0, Guid.Empty);
        return await SsoChange.DoneAsync(scope, connection, before, cancellationToken);
    }

    private static async Task<Problem?> RefusesAsync(WriteScope scope, SsoConnection connection, CancellationToken cancellationToken)
    {
        if (!connection.IsEnabled) return Problem.Conflict("sso.enforce.disabled", "The connection is switched off. Enable it first.");
        var minutes = scope.Service<IOptions<SsoOptions>>().Value.TestMinutes;
        var tester = connection.TestedByUserId;
        if (connection.TestedAtUtc is not { } tested || tested < scope.NowUtc.AddMinutes(-minutes) || tester is null || !await IsAdministratorAsync(scope, tester.Value, cancellationToken))
            return Problem.Conflict("sso.enforce.untested", $"No administrator has signed in through this connection as a test within the last {minutes} minutes. Make a test sign-in first: a broken connection would lock everyone out.", minutes);
        if (!await scope.Db.Set<SsoDomain>().AnyAsync(d => d.OrganizationId == scope.OrganizationId && d.VerifiedAtUtc != null, cancellationToken)) return Problem.Conflict("sso.enforce.domains", "No domain is verified: nobody could be recognized. Add and verify the organization's mail domain first.");
        return await scope.Db.Set<BreakGlass>().AnyAsync(b => b.OrganizationId == scope.OrganizationId && b.UsedAtUtc == null, cancellationToken)
            ? null
            : Problem.Conflict("sso.enforce.breakGlass", "No break-glass code is sealed. Seal one first, and keep it where you reach it when the provider is down.");
    }

    private static async Task<bool> IsAdministratorAsync(ReadScope scope, Guid user, CancellationToken cancellationToken)
    {
        var member = await scope.Db.Set<Member>().Where(m => m.UserId == user && m.IsActive).Select(m => m.Id).ToListAsync(cancellationToken);
        if (member.Count == 0) return false;
        var groups = scope.Db.Set<Groups.GroupMember>().Where(g => member.Contains(g.MemberId)).Select(g => g.GroupId);
        var roles = await scope.Db.Set<RoleBinding>().Where(b => b.Scope == GrantScope.Organization && (b.PrincipalId == user || groups.Contains(b.PrincipalId))).Select(b => b.Role).Distinct().ToListAsync(cancellationToken);
        return roles.Exists(r => BuiltInRoles.Find(r)?.Allows(SsoPermissions.Write) == true);
    }
}

/// <summary>A member who would stand outside.</summary>
/// <param name="Reasons">domain: the address is in no verified domain; neverThrough: has never signed in through the provider; password: the last sign-in was by password or passkey.</param>
public sealed record SsoLockoutRow(Guid MemberId, string UserName, string DisplayName, IReadOnlyList<string> Reasons, string? LastMethod, DateTime? LastSignInAtUtc);

/// <summary>What an enforcement would do, before it is done.</summary>
/// <param name="State">phased or enforced.</param>
/// <param name="Bound">Active members who would have to come in through the connection.</param>
/// <param name="AtRisk">Those of them who could be locked out; at most 1,000 are named.</param>
public sealed record SsoEnforcementPreview(string State, int Bound, int AtRiskCount, IReadOnlyList<SsoLockoutRow> AtRisk, bool TestIsFresh, bool BreakGlassIsSealed);

/// <summary>Dry run of <see cref="EnforceSso"/>: lists who would be locked out.</summary>
public sealed record PreviewSsoEnforcement(string Org, Guid Id, string State = "enforced") : Query<SsoEnforcementPreview>
{
    private const int MaxNamed = 1000;

    public override string OrganizationKey => Org;

    public override Permission? Permission => SsoPermissions.Read;

    /// <summary>It tells when people signed in last.</summary>
    public override bool IsProtected => true;

    public override async Task<Result<SsoEnforcementPreview>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var errors = new List<FieldError>();
        var state = Words.ReadOf<SsoEnforcement>("sso", "state", State, SsoEnforcement.Enforced, errors);
        if (errors.Count > 0) return Problem.Invalid(errors);
        var connection = await scope.Db.Set<SsoConnection>().SingleOrDefaultAsync(c => c.Id == Id, cancellationToken);
        if (connection is null) return Problem.NotFound("ssoConnection");
        var domains = (await scope.Db.Set<SsoDomain>().Where(d => d.VerifiedName != null).Select(d => d.Name).ToListAsync(cancellationToken)).ToHashSet(StringComparer.Ordinal);
        var linked = (await scope.Db.Set<SsoSubject>().Where(s => s.ConnectionId == Id).Select(s => s.MemberId).ToListAsync(cancellationToken)).ToHashSet();
        var members = await scope.Db.Set<Member>().Where(m => m.IsActive).OrderBy(m => m.UserName).ThenBy(m => m.Id).Select(m => new { m.Id, m.UserId, m.UserName, m.DisplayName }).ToListAsync(cancellationToken);
        var bound = members.Where(m => state == SsoEnforcement.Enforced || (SsoDomainName.OfAddress(m.UserName) is { } d && domains.Contains(d))).ToList();
        var last = await LastAsync(scope, [.. bound.Select(m => m.UserId)], cancellationToken);
        var rows = new List<SsoLockoutRow>();
        foreach (var member in bound)
        {
            var (method, at) = last.GetValueOrDefault(member.UserId);
            var reasons = new List<string>(3);
            if (SsoDomainName.OfAddress(member.UserName) is not { } domain || !domains.Contains(domain)) reasons.Add("domain");
            if (!linked.Contains(member.Id)) reasons.Add("neverThrough");
            if (method is SignInMethods.Password or SignInMethods.Passkey) reasons.Add("password");
            // Somebody who came through before comes through again, whatever their address.
            if (reasons.Count > 0 && !(linked.Contains(member.Id) && reasons is ["domain"])) rows.Add(new SsoLockoutRow(member.Id, member.UserName, member.DisplayName, reasons, method, at));
        }

        var fresh = connection.TestedAtUtc >= scope.NowUtc.AddMinutes(-scope.Service<IOptions<SsoOptions>>().Value.TestMinutes);
        var isSealed = await scope.Db.Set<BreakGlass>().AnyAsync(b => b.UsedAtUtc == null, cancellationToken);
        return new SsoEnforcementPreview(State, bound.Count, rows.Count, [.. rows.Take(MaxNamed)], fresh, isSealed);
    }

    /// <summary>Sessions are the platform's; asked are only those of the organization's own members.</summary>
    private static async Task<Dictionary<Guid, (string? Method, DateTime? At)>> LastAsync(ReadScope scope, List<Guid> users, CancellationToken cancellationToken)
    {
        var last = new Dictionary<Guid, (string?, DateTime?)>();
        foreach (var some in users.Chunk(1000))
        {
            var rows = await scope.Service<PortalDatabase>().ReadAsync(
                DataScope.Platform,
                db => db.Set<Session>().Where(s => some.Contains(s.UserId)).GroupBy(s => s.UserId).Select(g => g.OrderByDescending(s => s.CreatedAtUtc).ThenBy(s => s.Id).Select(s => new { s.UserId, s.Method, s.CreatedAtUtc }).First()).ToListAsync(cancellationToken),
                cancellationToken);
            foreach (var row in rows) last[row.UserId] = (row.Method, row.CreatedAtUtc);
        }

        return last;
    }
}
