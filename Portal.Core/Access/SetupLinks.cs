using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Kernel;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Hexabase.Portal.Access;

/// <summary>While the portal has no administrator: makes the one-time link anew (only its hash is kept, so an older one cannot be shown again). Answers its secret; empty when there is an administrator.</summary>
public sealed record EnsureSetupLink : Command<string>
{
    public override string Action => "setup.link";

    public override Permission? Permission => AccessPermissions.PlatformOperate;

    public override async Task<Result<string>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var links = scope.Db.Set<SetupLink>();
        var open = await links.Where(l => l.UsedAtUtc == null).ToListAsync(cancellationToken);
        // Another replica that starts at the same moment prints its own link; both work until one is used.
        links.RemoveRange(open.Where(l => l.ExpiresAtUtc < scope.NowUtc));
        var secret = TokenText.NewSecret();
        var link = new SetupLink { Id = Ids.New(), TokenHash = TokenText.Hash(secret), CreatedAtUtc = scope.NowUtc, ExpiresAtUtc = scope.NowUtc.AddHours(scope.Service<IOptions<AccessOptions>>().Value.SetupLinkHours) };
        scope.Db.Add(link);
        scope.Audit("setupLink", link.Id, "first administrator");
        return secret;
    }
}

/// <summary>Whether anybody holds the role of a service administrator.</summary>
public sealed record HasAdministrator : Query<bool>
{
    public override Permission? Permission => null;

    public override bool AllowsAnonymous => true;

    public override async Task<Result<bool>> HandleAsync(ReadScope scope, CancellationToken cancellationToken) => await AnyAsync(scope, cancellationToken);

    internal static Task<bool> AnyAsync(ReadScope scope, CancellationToken cancellationToken) =>
        scope.Db.Set<RoleBinding>().AnyAsync(b => b.Scope == GrantScope.Platform && b.Role == BuiltInRoles.ServiceAdmin, cancellationToken);
}

/// <summary>Makes the first administrator by the one-time link; works once.</summary>
public sealed record CreateFirstAdministrator(string? SetupToken, string? UserName, string? DisplayName, string? Password) : Command<Guid>
{
    public override string Action => "user.createFirst";

    public override Permission? Permission => null;

    public override bool AllowsAnonymous => true;

    public override async Task<Result<Guid>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var hash = TokenText.Hash(SetupToken ?? "");
        var links = await scope.Db.Set<SetupLink>().ToListAsync(cancellationToken);
        var link = links.Find(l => l.UsedAtUtc is null && l.ExpiresAtUtc > scope.NowUtc && l.TokenHash.AsSpan().SequenceEqual(hash));
        if (link is null || links.Exists(l => l.UsedAtUtc is not null) || await HasAdministrator.AnyAsync(scope, cancellationToken))
            return new Problem(ProblemKind.NotFound, "setup.ended", "This link was used already or has expired. Start the portal again to get a new one, if it has no administrator yet.");
        if (!PersonInput.Check(scope, UserName, DisplayName, Password, []).TryGet(out var person, out var problem)) return problem;
        // Marking every link lets two people with different links meet at the same rows.
        foreach (var open in links) open.UsedAtUtc = scope.NowUtc;
        var user = person.ToUser(scope);
        scope.Db.Add(user);
        scope.Db.Add(new RoleBinding
        {
            Id = Ids.New(), OrganizationId = Guid.Empty, PrincipalKind = PrincipalKind.Person, PrincipalId = user.Id,
            Role = BuiltInRoles.ServiceAdmin, Scope = GrantScope.Platform, CreatedAtUtc = scope.NowUtc,
        });
        scope.Audit("user", user.Id, user.UserName);
        scope.Touch(LiveTopic.People, user.Id, 1);
        return user.Id;
    }
}

/// <summary>A new person as typed, checked.</summary>
internal sealed record PersonInput(string UserName, string DisplayName, string Password)
{
    /// <param name="words">What makes a password easy to guess here: the organization's name.</param>
    public static Result<PersonInput> Check(WriteScope scope, string? userName, string? displayName, string? password, IEnumerable<string> words)
    {
        var errors = new List<FieldError>();
        if (UserNames.Check("userName", userName, out var name) is { } nameError) errors.Add(nameError);
        if (TextRule.Check("displayName", displayName, 200, out var display) is { } displayError) errors.Add(displayError);
        if (scope.Service<PasswordRules>().Check("password", password, name, words) is { } passwordError) errors.Add(passwordError);
        return errors.Count > 0 || password is null ? Problem.Invalid(errors) : new PersonInput(name, display, password);
    }

    public User ToUser(WriteScope scope)
    {
        var user = new User { Id = Ids.New(), UserName = UserName, NormalizedUserName = UserNames.Normalize(UserName), DisplayName = DisplayName, CreatedAtUtc = scope.NowUtc };
        user.PasswordHash = scope.Service<IPasswordHasher<User>>().HashPassword(user, Passwords.Normalize(Password));
        return user;
    }
}
