using System.Text.Json.Nodes;
using Hexabase.Portal.Access.Groups;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Scim;

/// <summary>Writes provisioned people: the resource, the member, the account, in one transaction of the platform's role; every query names the organization.</summary>
internal sealed class ScimUserWriter(WriteScope scope, string address)
{
    private readonly ScimReader _reader = new(scope.Db, scope.OrganizationId, address);

    public async Task<Result<ScimResource>> CreateAsync(JsonObject resource, CancellationToken cancellationToken)
    {
        if (Required(resource) is not { } userName) return Missing;
        var key = UserNames.Normalize(userName);
        scope.Audit("member", Guid.Empty, userName);
        if (await _reader.Users.AnyAsync(u => u.UserNameKey == key, cancellationToken)) return Taken(userName);
        resource["active"] ??= true;
        var active = ScimValues.IsTrue(resource["active"]);
        var member = await Members.Where(m => m.UserNameKey == key).OrderBy(m => m.Id).FirstOrDefaultAsync(cancellationToken);
        // Somebody who was invited before the identity provider was connected goes on under its care.
        if (member is { IsActive: true } && !active) return Problem.Conflict("member.active", "This person is an active member. Provision them as active first, then deactivate them.");
        var id = member?.Id ?? Ids.New();
        var row = new ScimUser
        {
            Id = id, OrganizationId = scope.OrganizationId, UserNameKey = key, ShownName = "", IsActive = active, Attributes = "{}", CreatedAtUtc = Now(), ModifiedAtUtc = Now(),
        };
        scope.Db.Add(row);
        if (member is null)
        {
            member = Enrol(row, userName, active);
        }
        else if (active)
        {
            await WelcomeAsync(member, cancellationToken);
        }

        await FillAsync(row, member, resource, isNew: true, cancellationToken);
        scope.Audit("member", row.Id, userName);
        return new ScimResource(row.Id, 1, _reader.Show(row, 1, await GroupsAsync(row.Id, cancellationToken)));
    }

    /// <param name="change">Makes the new resource of the one as it is.</param>
    public async Task<Result<ScimResource>> ChangeAsync(Guid id, string? ifMatch, Func<JsonObject, JsonObject> change, CancellationToken cancellationToken)
    {
        var found = await FindAsync(id, ifMatch, cancellationToken);
        if (!found.TryGet(out var place, out var problem)) return problem;
        var (row, member) = place;
        var before = ScimReader.Parse(row.Attributes);
        if (!ScimRefusal.Catch(() => change((JsonObject)before.DeepClone())).TryGet(out var after, out problem)) return problem;
        if (Required(after) is not { } userName) return Missing;
        after["active"] ??= row.IsActive;
        var active = ScimValues.IsTrue(after["active"]);
        if (JsonNode.DeepEquals(before, after)) return await ShowAsync(row, row.Version, cancellationToken);
        var key = UserNames.Normalize(userName);
        if (key != row.UserNameKey && (await _reader.Users.AnyAsync(u => u.UserNameKey == key, cancellationToken) || await Members.AnyAsync(m => m.UserNameKey == key && m.Id != id, cancellationToken))) return Taken(userName);
        if (row.IsActive && !active)
        {
            if (await LastAdmin.LosesAsync(scope, id, null, null, cancellationToken)) return LastAdmin.Refusal;
            if (await MassChangeHold.CheckAsync(scope, member, HeldChangeKind.Deactivate, cancellationToken) is { } held) return Held(row, held);
            member.IsActive = false;
            await Offboarding.RunAsync(scope, member, deleted: false, cancellationToken);
        }
        else if (!row.IsActive && active)
        {
            await WelcomeAsync(member, cancellationToken);
        }

        row.IsActive = active;
        row.ModifiedAtUtc = Now();
        await FillAsync(row, member, after, isNew: false, cancellationToken);
        return await ShowAsync(row, row.Version + 1, cancellationToken);
    }

    public async Task<Result<ScimResource>> DeleteAsync(Guid id, string? ifMatch, CancellationToken cancellationToken)
    {
        var found = await FindAsync(id, ifMatch, cancellationToken);
        if (!found.TryGet(out var place, out var problem)) return problem;
        if (place.Row.IsActive)
        {
            if (await LastAdmin.LosesAsync(scope, id, null, null, cancellationToken)) return LastAdmin.Refusal;
            if (await MassChangeHold.CheckAsync(scope, place.Member, HeldChangeKind.Delete, cancellationToken) is { } held) return Held(place.Row, held);
        }

        await RemoveAsync(place.Row, place.Member, cancellationToken);
        return new ScimResource(id, 0, []);
    }

    /// <summary>Carries out what was held.</summary>
    public async Task<Problem?> ReleaseAsync(HeldChange held, CancellationToken cancellationToken)
    {
        var found = await FindAsync(held.MemberId, null, cancellationToken);
        // Gone already: nothing is left to do.
        if (!found.TryGet(out var place, out _)) return null;
        if (place.Row.IsActive && await LastAdmin.LosesAsync(scope, held.MemberId, null, null, cancellationToken)) return LastAdmin.Refusal;
        if (held.Kind == HeldChangeKind.Delete)
        {
            await RemoveAsync(place.Row, place.Member, cancellationToken);
        }
        else if (place.Row.IsActive)
        {
            var resource = ScimReader.Parse(place.Row.Attributes);
            resource["active"] = false;
            (place.Row.IsActive, place.Row.ModifiedAtUtc, place.Member.IsActive) = (false, Now(), false);
            place.Row.Attributes = resource.ToJsonString();
            await Offboarding.RunAsync(scope, place.Member, deleted: false, cancellationToken);
        }

        return null;
    }

    private IQueryable<Member> Members => scope.Db.Set<Member>().Where(m => m.OrganizationId == scope.OrganizationId);

    private async Task<Result<(ScimUser Row, Member Member)>> FindAsync(Guid id, string? ifMatch, CancellationToken cancellationToken)
    {
        // Held until the end, so that changes of one person follow each other.
        var row = await scope.Db.Set<ScimUser>().FromSqlRaw(scope.Service<PortalDatabase>().Engine.HeldRow("scim_users", alone: true), id).Where(u => u.OrganizationId == scope.OrganizationId).SingleOrDefaultAsync(cancellationToken);
        var member = row is null ? null : await Members.SingleOrDefaultAsync(m => m.Id == id, cancellationToken);
        if (row is null || member is null) return Problem.NotFound("user");
        scope.Audit("member", id, member.UserName);
        if (ifMatch is not null && !ScimVersion.Matches(ifMatch, row.Version)) return Problem.Stale("user", row.Version) with { Kind = ProblemKind.PreconditionFailed };
        return (row, member);
    }

    /// <summary>A new member with an account of its own. The account belongs to this organization alone, so that no organization can lay its hand on another's person by using their name; people reach it through their identity provider.</summary>
    private Member Enrol(ScimUser row, string userName, bool active)
    {
        var user = new User { Id = Ids.New(), UserName = userName, NormalizedUserName = "", DisplayName = "", IsActive = active, CreatedAtUtc = scope.NowUtc };
        user.NormalizedUserName = $"SCIM/{user.Id:N}";
        var member = new Member { Id = row.Id, OrganizationId = scope.OrganizationId, UserId = user.Id, UserName = userName, DisplayName = "", IsActive = active, JoinedAtUtc = scope.NowUtc };
        scope.Db.Add(user);
        scope.Db.Add(member);
        scope.Db.Add(new RoleBinding
        {
            Id = Ids.New(), OrganizationId = scope.OrganizationId, PrincipalKind = PrincipalKind.Person, PrincipalId = user.Id, Role = BuiltInRoles.OrgUser, Scope = GrantScope.Organization, CreatedAtUtc = scope.NowUtc,
        });
        return member;
    }

    private async Task WelcomeAsync(Member member, CancellationToken cancellationToken)
    {
        if (member.IsActive) return;
        member.IsActive = true;
        if (await scope.Db.Set<User>().SingleOrDefaultAsync(u => u.Id == member.UserId, cancellationToken) is { } user) user.IsActive = true;
        scope.Touch(LiveTopic.Sessions, member.UserId, 0, Guid.Empty);
    }

    /// <summary>Puts the resource into its columns, the member's and the account's.</summary>
    private async Task FillAsync(ScimUser row, Member member, JsonObject resource, bool isNew, CancellationToken cancellationToken)
    {
        var userName = ScimValues.Text(resource["userName"]) ?? "";
        var shown = ShownName(resource);
        (row.UserNameKey, row.ExternalId, row.ShownName, row.DisplayNameKey, row.Attributes) =
            (UserNames.Normalize(userName), ScimValues.Text(resource["externalId"]), shown, ScimValues.Text(resource["displayName"])?.ToUpperInvariant(), resource.ToJsonString());
        if (member.UserName != userName || member.DisplayName != Clip(shown, 200))
        {
            (member.UserName, member.DisplayName) = (userName, Clip(shown, 200));
            var user = scope.Db.Set<User>().Local.FirstOrDefault(u => u.Id == member.UserId) ?? await scope.Db.Set<User>().SingleOrDefaultAsync(u => u.Id == member.UserId, cancellationToken);
            // An account that existed before belongs to the person, not to this organization.
            if (user is not null && user.NormalizedUserName.StartsWith("SCIM/", StringComparison.Ordinal)) (user.UserName, user.DisplayName) = (userName, Clip(shown, 200));
        }

        await FillEmailsAsync(row, resource, isNew, cancellationToken);
        scope.Touch(LiveTopic.People, row.Id, row.Version + 1);
    }

    private async Task FillEmailsAsync(ScimUser row, JsonObject resource, bool isNew, CancellationToken cancellationToken)
    {
        var wanted = (resource["emails"] as JsonArray ?? []).Select(e => ScimValues.Text((e as JsonObject)?["value"])?.ToUpperInvariant()).OfType<string>().Where(e => e.Length <= 400).ToHashSet(StringComparer.Ordinal);
        if (!isNew)
        {
            foreach (var old in await scope.Db.Set<ScimEmail>().Where(e => e.OrganizationId == scope.OrganizationId && e.ScimUserId == row.Id).ToListAsync(cancellationToken))
                if (!wanted.Remove(old.ValueKey)) scope.Db.Remove(old);
        }

        foreach (var email in wanted) scope.Db.Add(new ScimEmail { Id = Ids.New(), OrganizationId = scope.OrganizationId, ScimUserId = row.Id, ValueKey = email });
    }

    private async Task RemoveAsync(ScimUser row, Member member, CancellationToken cancellationToken)
    {
        await Offboarding.RunAsync(scope, member, deleted: true, cancellationToken);
        scope.Db.RemoveRange(await scope.Db.Set<ScimEmail>().Where(e => e.OrganizationId == scope.OrganizationId && e.ScimUserId == row.Id).ToListAsync(cancellationToken));
        scope.Db.Remove(row);
        scope.Db.Remove(member);
    }

    private async Task<Result<ScimResource>> ShowAsync(ScimUser row, long version, CancellationToken cancellationToken) =>
        new ScimResource(row.Id, version, _reader.Show(row, version, await GroupsAsync(row.Id, cancellationToken)));

    private async Task<List<(Guid Id, string Name)>> GroupsAsync(Guid member, CancellationToken cancellationToken) =>
        [.. (await _reader.GroupMembers.Where(m => m.MemberId == member).Join(_reader.Groups, m => m.GroupId, g => g.Id, (m, g) => new { g.Id, g.DisplayName }).OrderBy(g => g.DisplayName).ThenBy(g => g.Id).ToListAsync(cancellationToken))
            .Select(g => (g.Id, g.DisplayName))];

    private ScimResource Held(ScimUser row, Problem held)
    {
        scope.Audit("member", row.Id, ScimValues.Text(ScimReader.Parse(row.Attributes)["userName"]) ?? "", reason: held.Message);
        return new ScimResource(row.Id, row.Version, [], held);
    }

    /// <summary>What the answers tell is what is kept: milliseconds.</summary>
    private DateTime Now() => scope.NowUtc.AddTicks(-(scope.NowUtc.Ticks % TimeSpan.TicksPerMillisecond));

    private static string? Required(JsonObject resource) => ScimValues.Text(resource["userName"]) is { Length: > 0 } name ? name : null;

    private static Problem Missing { get; } = ScimProblem.InvalidValue("userName is required.");

    private static Problem Taken(string userName) => ScimProblem.Uniqueness($"The userName {userName} is taken in this organization.");

    private static string ShownName(JsonObject resource)
    {
        var name = resource["name"] as JsonObject;
        string?[] parts = [ScimValues.Text(name?["givenName"]), ScimValues.Text(name?["familyName"])];
        var full = string.Join(' ', parts.OfType<string>());
        return Clip(ScimValues.Text(resource["displayName"]) ?? ScimValues.Text(name?["formatted"]) ?? (full.Length > 0 ? full : ScimValues.Text(resource["userName"]) ?? ""), 256);
    }

    private static string Clip(string text, int length) => AuditWriter.Clip(text, length) ?? "";
}
