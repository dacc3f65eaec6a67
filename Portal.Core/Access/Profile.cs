using Hexabase.Portal.Kernel;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access;

/// <summary>The account of the person who asks.</summary>
public sealed record ProfileRow(Guid Id, string UserName, string DisplayName, string? Culture, string? TimeZone, string? Theme, bool HasPassword, long Version);

public sealed record GetProfile : Query<ProfileRow>
{
    public override Permission? Permission => null;

    public override bool AllowsAnySignedIn => true;

    public override async Task<Result<ProfileRow>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        if (scope.Actor.Kind != ActorKind.Person) return SessionProblems.NotAPerson;
        var row = await scope.Db.Set<User>().Where(u => u.Id == scope.Actor.Id)
            .Select(u => new ProfileRow(u.Id, u.UserName, u.DisplayName, u.Culture, u.TimeZone, u.Theme, u.PasswordHash != null, u.Version)).SingleOrDefaultAsync(cancellationToken);
        return row is null ? Problem.NotFound("user") : row;
    }
}

/// <summary>Changes the person's own settings that are given; null = as before, "" = the default (browser's language and zone, system theme).</summary>
public sealed record ChangeProfile(string? DisplayName = null, string? Culture = null, string? TimeZone = null, string? Theme = null) : Command<ProfileRow>
{
    public override string Action => "user.changeProfile";

    public override Permission? Permission => null;

    public override bool AllowsAnySignedIn => true;

    public override async Task<Result<ProfileRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (scope.Actor.Kind != ActorKind.Person) return SessionProblems.NotAPerson;
        var user = await scope.Db.Set<User>().SingleOrDefaultAsync(u => u.Id == scope.Actor.Id, cancellationToken);
        if (user is null) return Problem.NotFound("user");
        var errors = new List<FieldError>();
        var display = user.DisplayName;
        if (DisplayName is not null && TextRule.Check("displayName", DisplayName, 200, out display) is { } nameError) errors.Add(nameError);
        if (Culture is not (null or "" or "en" or "ja")) errors.Add(new FieldError("culture", "culture.unknown", "culture is en, ja or empty."));
        if (Theme is not (null or "" or "light" or "dark")) errors.Add(new FieldError("theme", "theme.unknown", "theme is light, dark or empty."));
        if (TimeZone is { Length: > 0 } zone && (zone.Length > 60 || (zone != "UTC" && !zone.Contains('/', StringComparison.Ordinal)) || !TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _)))
            errors.Add(new FieldError("timeZone", "timeZone.unknown", "timeZone is an IANA time zone, such as Asia/Tokyo, or empty.", Args: [AuditWriter.Clip(TimeZone, 60)]));
        if (errors.Count > 0) return Problem.Invalid(errors);
        if (display != user.DisplayName)
        {
            user.DisplayName = display;
            // Each organization keeps its own copy of the name; requests never read the table of users.
            foreach (var member in await scope.Db.Set<Member>().Where(m => m.UserId == user.Id).ToListAsync(cancellationToken))
            {
                member.DisplayName = display;
                scope.Touch(LiveTopic.People, member.Id, member.Version + 1, member.OrganizationId);
            }
        }

        if (Culture is not null) user.Culture = Culture.Length == 0 ? null : Culture;
        if (TimeZone is not null) user.TimeZone = TimeZone.Length == 0 ? null : TimeZone;
        if (Theme is not null) user.Theme = Theme.Length == 0 ? null : Theme;
        scope.Audit("user", user.Id, user.UserName);
        scope.Touch(LiveTopic.Sessions, user.Id, 0, Guid.Empty);
        var version = scope.Db.Entry(user).State == EntityState.Modified ? user.Version + 1 : user.Version;
        return new ProfileRow(user.Id, user.UserName, user.DisplayName, user.Culture, user.TimeZone, user.Theme, user.PasswordHash is not null, version);
    }
}

/// <summary>Changes the person's own password and ends their other sessions.</summary>
public sealed record ChangePassword(string? CurrentPassword, string? NewPassword) : Command<Done>
{
    public override string Action => "user.changePassword";

    public override Permission? Permission => null;

    public override bool AllowsAnySignedIn => true;

    public override async Task<Result<Done>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (OwnAccount.RefusesChange(scope.Actor) is { } refused) return refused;
        var user = await scope.Db.Set<User>().SingleOrDefaultAsync(u => u.Id == scope.Actor.Id, cancellationToken);
        if (user is null) return Problem.NotFound("user");
        scope.Audit("user", user.Id, user.UserName);
        // Someone at an unlocked screen must not be able to guess.
        var source = $"password of {user.Id}";
        if (scope.Service<SignInThrottle>().Begin(source) is { } seconds)
            return new Problem(ProblemKind.TooManyRequests, "signIn.throttled", $"Too many attempts. Try again in {seconds} s.", Args: [seconds]) { RetryAfterSeconds = seconds };
        if (!await scope.Service<PasswordSignIn>().MatchesAsync(user, CurrentPassword ?? "", cancellationToken))
            return Problem.Invalid("currentPassword", "password.wrong", "The current password is wrong.");
        if (scope.Service<PasswordRules>().Check("newPassword", NewPassword, user.UserName, await PasswordRules.WordsOfAsync(scope, user.Id, cancellationToken)) is { } error) return Problem.Invalid([error]);
        scope.Service<SignInThrottle>().Succeeded(source, source);
        user.PasswordHash = scope.Service<IPasswordHasher<User>>().HashPassword(user, Passwords.Normalize(NewPassword ?? ""));
        foreach (var session in await scope.Db.Set<Session>().Where(s => s.UserId == user.Id && s.RevokedAtUtc == null && s.Id != scope.Actor.SessionId).ToListAsync(cancellationToken))
            SessionEnd.Revoke(scope, session);
        return default(Done);
    }
}
