using System.Security.Cryptography;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Hexabase.Portal.Access.Sso.Connections;

/// <summary>The state of the break-glass code. The code itself is shown once, when it is made.</summary>
public sealed record BreakGlassRow(bool IsSealed, DateTime? SealedAtUtc, Guid? SealedByUserId, DateTime? UsedAtUtc);

/// <summary>A code that was just made.</summary>
public sealed record BreakGlassSealed(string Code, BreakGlassRow Row);

/// <summary>Whether a code is sealed, and when one was used.</summary>
public sealed record GetBreakGlass(string Org) : Query<BreakGlassRow>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => SsoPermissions.Read;

    public override async Task<Result<BreakGlassRow>> HandleAsync(ReadScope scope, CancellationToken cancellationToken) =>
        await scope.Db.Set<BreakGlass>().SingleOrDefaultAsync(cancellationToken) is { } glass ? new BreakGlassRow(glass.UsedAtUtc is null, glass.SealedAtUtc, glass.SealedByUserId, glass.UsedAtUtc) : new BreakGlassRow(false, null, null, null);
}

/// <summary>Makes a new code; an older one stops working. It signs in once, as an administrator of this organization and nothing else.</summary>
public sealed record SealBreakGlass(string Org) : Command<BreakGlassSealed>
{
    public override string Action => "breakGlass.seal";

    public override string OrganizationKey => Org;

    public override Permission? Permission => SsoPermissions.Write;

    /// <summary>The account of the code is a row of the platform.</summary>
    public override bool NeedsPlatform => true;

    public override async Task<Result<BreakGlassSealed>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (MemberRoles.Find(BuiltInRoles.OrgAdmin) is { } admin && Granting.Refuses(scope.Actor, admin, new AccessTarget(scope.OrganizationId), []) is { } beyond) return beyond;
        var code = BreakGlassCode.New();
        var glass = await scope.Db.Set<BreakGlass>().SingleOrDefaultAsync(b => b.OrganizationId == scope.OrganizationId, cancellationToken);
        if (glass is null)
        {
            var user = new User { Id = Ids.New(), UserName = $"break-glass@{scope.Tenant?.Slug}", NormalizedUserName = $"BREAKGLASS/{scope.OrganizationId:N}", DisplayName = "Break glass", CreatedAtUtc = scope.NowUtc };
            glass = new BreakGlass { Id = Ids.New(), OrganizationId = scope.OrganizationId, UserId = user.Id, CodeHash = [], SealedAtUtc = scope.NowUtc, SealedByUserId = scope.Actor.Id };
            scope.Db.Add(user);
            scope.Db.Add(glass);
        }

        (glass.CodeHash, glass.SealedAtUtc, glass.SealedByUserId, glass.UsedAtUtc) = (TokenText.Hash(code), scope.NowUtc, scope.Actor.Id, null);
        scope.Audit("breakGlass", glass.Id, scope.Tenant?.Name ?? "");
        scope.Touch(LiveTopic.Sso, glass.Id, glass.Version + 1);
        return new BreakGlassSealed(BreakGlassCode.Shown(code), new BreakGlassRow(true, glass.SealedAtUtc, glass.SealedByUserId, null));
    }
}

/// <summary>Uses the code up and opens its session; whoever does it says who they are and why, for the audit log.</summary>
internal sealed record UseBreakGlass(string Org, string Code, string Person, string Reason) : Command<SignedIn>
{
    public override string Action => "breakGlass.use";

    public override string OrganizationKey => Org;

    public override Permission? Permission => null;

    public override bool AllowsAnonymous => true;

    public override bool NeedsPlatform => true;

    public override async Task<Result<SignedIn>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var glass = await scope.Db.Set<BreakGlass>().SingleOrDefaultAsync(b => b.OrganizationId == scope.OrganizationId, cancellationToken);
        if (glass is not null) scope.Audit("breakGlass", glass.Id, scope.Tenant?.Name ?? "", reason: $"{Person}: {Reason}");
        if (glass is null || glass.UsedAtUtc is not null || !CryptographicOperations.FixedTimeEquals(glass.CodeHash, TokenText.Hash(Code))) return BreakGlassCode.Wrong;
        glass.UsedAtUtc = scope.NowUtc;
        var session = new Session
        {
            Id = Ids.New(), UserId = glass.UserId, CreatedAtUtc = scope.NowUtc, LastSeenAtUtc = scope.NowUtc, ExpiresAtUtc = scope.NowUtc.AddMinutes(scope.Service<IOptions<SsoOptions>>().Value.BreakGlassMinutes), Method = SignInMethods.BreakGlass,
            IpAddress = scope.Actor.IpAddress, UserAgent = AuditWriter.Clip(scope.Actor.UserAgent, 400),
        };
        scope.Db.Add(session);
        scope.Touch(LiveTopic.Sso, glass.Id, glass.Version + 1);
        scope.Touch(LiveTopic.Sessions, session.Id, 0, Guid.Empty);
        return new SignedIn(session.Id, session.UserId, session.ExpiresAtUtc);
    }
}

internal static class BreakGlassCode
{
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int Chars = 32;

    /// <summary>The same for a wrong code, a used one and an organization without one.</summary>
    public static Problem Wrong { get; } = new(ProblemKind.Unauthenticated, "breakGlass.wrong", "Organization or code is wrong, or the code was used.");

    /// <summary>160 random bits in the letters that are not mistaken for each other.</summary>
    public static string New() => RandomNumberGenerator.GetString(Alphabet, Chars);

    /// <summary>In groups of four.</summary>
    public static string Shown(string code) => string.Join('-', code.Chunk(4).Select(c => new string(c)));

    /// <summary>As it is kept: without what people put between, and with the letters that they mistake put right.</summary>
    public static string Clean(string? typed) => new([.. (typed ?? "").Take(200).Where(char.IsAsciiLetterOrDigit).Select(char.ToUpperInvariant).Select(c => c switch { 'O' => '0', 'I' or 'L' => '1', 'U' => 'V', _ => c })]);
}
