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
        var isKnown = member is not null;
        member ??= Enrol(row, userName);
        var account = isKnown ? await AccountAsync(member, cancellationToken) : scope.Db.Set<User>().Local.Single(u => u.Id == member.UserId);
        if (isKnown && active) Welcome(member, account);
        await FillAsync(new Place(row, member, account, []), resource, null, cancellationToken);
        scope.Audit("member", row.Id, userName);
        return new ScimResource(row.Id, 1, _reader.Show(row, 1, isKnown ? await GroupsAsync(row.Id, cancellationToken) : []));
    }

    /// <param name="change">Makes the new resource of the one as it is.</param>
    public async Task<Result<ScimResource>> ChangeAsync(Guid id, string? ifMatch, Func<JsonObject, JsonObject> change, CancellationToken cancellationToken)
    {
        var found = await FindAsync(id, ifMatch, cancellationToken);
        if (!found.TryGet(out var place, out var problem)) return problem;
        var (row, member) = (place.Row, place.Member);
        var before = ScimReader.Parse(row.Attributes);
        if (!ScimRefusal.Catch(() => change((JsonObject)before.DeepClone())).TryGet(out var after, out problem)) return problem;
        if (Required(after) is not { } userName) return Missing;
        after["active"] ??= row.IsActive;
        var active = ScimValues.IsTrue(after["active"]);
        if (JsonNode.DeepEquals(before, after)) return Show(place, row.Version);
        var key = UserNames.Normalize(userName);
        if (key != row.UserNameKey && (await _reader.Users.AnyAsync(u => u.UserNameKey == key, cancellationToken) || await Members.AnyAsync(m => m.UserNameKey == key && m.Id != id, cancellationToken))) return Taken(userName);
        if (row.IsActive && !active)
        {
            if (await LastAdmin.LosesAsync(scope, id, null, null, cancellationToken)) return LastAdmin.Refusal;
            var leaving = await Offboarding.ReadAsync(scope, member, deleted: false, [], cancellationToken);
            if (await MassChangeHold.CheckAsync(scope, member, HeldChangeKind.Deactivate, cancellationToken) is { } held) return Held(row, held);
            member.IsActive = false;
            leaving.CarryOut();
        }
        else if (!row.IsActive && active)
        {
            Welcome(member, place.Account);
        }

        row.IsActive = active;
        row.ModifiedAtUtc = Now();
        await FillAsync(place, after, before, cancellationToken);
        return Show(place, row.Version + 1);
    }

    public async Task<Result<ScimResource>> DeleteAsync(Guid id, string? ifMatch, CancellationToken cancellationToken)
    {
        var found = await FindAsync(id, ifMatch, cancellationToken);
        if (!found.TryGet(out var place, out var problem)) return problem;
        if (place.Row.IsActive && await LastAdmin.LosesAsync(scope, id, null, null, cancellationToken)) return LastAdmin.Refusal;
        var leaving = await RemovalAsync(place, cancellationToken);
        if (place.Row.IsActive && await MassChangeHold.CheckAsync(scope, place.Member, HeldChangeKind.Delete, cancellationToken) is { } held) return Held(place.Row, held);
        leaving.CarryOut();
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
            (await RemovalAsync(place, cancellationToken)).CarryOut();
        }
        else if (place.Row.IsActive)
        {
            var resource = ScimReader.Parse(place.Row.Attributes);
            resource["active"] = false;
            (place.Row.IsActive, place.Row.ModifiedAtUtc, place.Member.IsActive) = (false, Now(), false);
            place.Row.Attributes = resource.ToJsonString();
            (await Offboarding.ReadAsync(scope, place.Member, deleted: false, [], cancellationToken)).CarryOut();
        }

        return null;
    }

    private IQueryable<Member> Members => scope.Db.Set<Member>().Where(m => m.OrganizationId == scope.OrganizationId);

    /// <summary>The person, held until the end, so that changes of one person follow each other.</summary>
    private async Task<Result<Place>> FindAsync(Guid id, string? ifMatch, CancellationToken cancellationToken)
    {
        var found = await HoldAsync(id, cancellationToken);
        if (found is { Place.Row: var held, Seen: var seen } && held.Version != seen)
        {
            // Somebody else had the row; what was read beside it is from before their change.
            foreach (var read in new object?[] { held, found.Value.Place.Member, found.Value.Place.Account }.OfType<object>()) scope.Db.Entry(read).State = EntityState.Detached;
            found = await HoldAsync(id, cancellationToken);
        }

        if (found?.Place is not { } place) return Problem.NotFound("user");
        scope.Audit("member", id, place.Member.UserName);
        if (ifMatch is not null && !ScimVersion.Matches(ifMatch, place.Row.Version)) return Problem.Stale("user", place.Row.Version) with { Kind = ProblemKind.PreconditionFailed };
        return place;
    }

    /// <summary>Everything in one statement. The held row is the newest one, the rest is as of the statement's beginning, and so is the version seen.</summary>
    private async Task<(Place Place, long Seen)?> HoldAsync(Guid id, CancellationToken cancellationToken)
    {
        var (db, org) = (scope.Db, scope.OrganizationId);
        var found = await db.Set<ScimUser>().FromSqlRaw(scope.Service<PortalDatabase>().Engine.HeldRow("scim_users", alone: true), id).Where(u => u.OrganizationId == org)
            .Join(Members, u => u.Id, m => m.Id, (u, m) => new { Row = u, Member = m })
            .Select(p => new
            {
                p.Row,
                p.Member,
                Account = db.Set<User>().FirstOrDefault(a => a.Id == p.Member.UserId),
                Seen = _reader.Users.Where(u => u.Id == p.Row.Id).Select(u => u.Version).FirstOrDefault(),
                Groups = _reader.GroupMembers.Where(g => g.MemberId == p.Row.Id).Join(_reader.Groups, g => g.GroupId, g => g.Id, (_, g) => new { g.Id, g.DisplayName }).OrderBy(g => g.DisplayName).ThenBy(g => g.Id).ToList(),
            })
            .SingleOrDefaultAsync(cancellationToken);
        return found is null ? null : (new Place(found.Row, found.Member, found.Account, [.. found.Groups.Select(g => (g.Id, g.DisplayName))]), found.Seen);
    }

    private Task<User?> AccountAsync(Member member, CancellationToken cancellationToken) => scope.Db.Set<User>().SingleOrDefaultAsync(u => u.Id == member.UserId, cancellationToken);

    /// <summary>A new member with an account of its own. The account belongs to this organization alone, so that no organization can lay its hand on another's person by using their name; people reach it through their identity provider.</summary>
    private Member Enrol(ScimUser row, string userName)
    {
        var user = new User { Id = Ids.New(), UserName = userName, NormalizedUserName = "", DisplayName = "", IsActive = row.IsActive, CreatedAtUtc = scope.NowUtc };
        user.NormalizedUserName = $"SCIM/{user.Id:N}";
        var member = new Member { Id = row.Id, OrganizationId = scope.OrganizationId, UserId = user.Id, UserName = userName, DisplayName = "", IsActive = row.IsActive, JoinedAtUtc = scope.NowUtc };
        scope.Db.Add(user);
        scope.Db.Add(member);
        scope.Db.Add(new RoleBinding
        {
            Id = Ids.New(), OrganizationId = scope.OrganizationId, PrincipalKind = PrincipalKind.Person, PrincipalId = user.Id, Role = BuiltInRoles.OrgUser, Scope = GrantScope.Organization, CreatedAtUtc = scope.NowUtc,
        });
        return member;
    }

    private void Welcome(Member member, User? account)
    {
        if (member.IsActive) return;
        member.IsActive = true;
        account?.IsActive = true;
        scope.Touch(LiveTopic.Sessions, member.UserId, 0, Guid.Empty);
    }

    /// <summary>Puts the resource into its columns, the member's and the account's.</summary>
    /// <param name="before">The resource as it was; null for a new one.</param>
    private async Task FillAsync(Place place, JsonObject resource, JsonObject? before, CancellationToken cancellationToken)
    {
        var (row, member) = (place.Row, place.Member);
        var userName = ScimValues.Text(resource["userName"]) ?? "";
        var shown = ShownName(resource);
        (row.UserNameKey, row.ExternalId, row.ShownName, row.DisplayNameKey, row.Attributes) =
            (UserNames.Normalize(userName), ScimValues.Text(resource["externalId"]), shown, ScimValues.Text(resource["displayName"])?.ToUpperInvariant(), resource.ToJsonString());
        if (member.UserName != userName || member.DisplayName != Clip(shown, 200))
        {
            (member.UserName, member.DisplayName) = (userName, Clip(shown, 200));
            // An account that existed before belongs to the person, not to this organization.
            if (place.Account is { } user && user.NormalizedUserName.StartsWith("SCIM/", StringComparison.Ordinal)) (user.UserName, user.DisplayName) = (userName, Clip(shown, 200));
        }

        await FillEmailsAsync(row, EmailsOf(resource), before is null ? [] : EmailsOf(before), cancellationToken);
        scope.Touch(LiveTopic.People, row.Id, row.Version + 1);
    }

    private async Task FillEmailsAsync(ScimUser row, HashSet<string> wanted, HashSet<string> known, CancellationToken cancellationToken)
    {
        if (wanted.SetEquals(known)) return;
        if (known.Count > 0)
        {
            foreach (var old in await scope.Db.Set<ScimEmail>().Where(e => e.OrganizationId == scope.OrganizationId && e.ScimUserId == row.Id).ToListAsync(cancellationToken))
                if (!wanted.Remove(old.ValueKey)) scope.Db.Remove(old);
        }

        foreach (var email in wanted) scope.Db.Add(new ScimEmail { Id = Ids.New(), OrganizationId = scope.OrganizationId, ScimUserId = row.Id, ValueKey = email });
    }

    private static HashSet<string> EmailsOf(JsonObject resource) =>
        (resource["emails"] as JsonArray ?? []).Select(e => ScimValues.Text((e as JsonObject)?["value"])?.ToUpperInvariant()).OfType<string>().Where(e => e.Length <= 400).ToHashSet(StringComparer.Ordinal);

    private async Task<Offboarding> RemovalAsync(Place place, CancellationToken cancellationToken)
    {
        var emails = await scope.Db.Set<ScimEmail>().Where(e => e.OrganizationId == scope.OrganizationId && e.ScimUserId == place.Row.Id).ToListAsync(cancellationToken);
        return await Offboarding.ReadAsync(scope, place.Member, deleted: true, [.. emails, place.Row, place.Member], cancellationToken);
    }

    private ScimResource Show(Place place, long version) => new(place.Row.Id, version, _reader.Show(place.Row, version, place.Groups));

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

    /// <summary>What provisioning keeps of one person.</summary>
    private sealed record Place(ScimUser Row, Member Member, User? Account, List<(Guid Id, string Name)> Groups);
}
