using System.Text.Json.Nodes;
using Hexabase.Portal.Access.Groups;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Scim;

/// <summary>Writes groups. Members are changed as a set, never as a list that was read before: the group's row is held, so that many changes at once lose nobody.</summary>
internal sealed class ScimGroupWriter(WriteScope scope, string address)
{
    private readonly ScimReader _reader = new(scope.Db, scope.OrganizationId, address);

    public async Task<Result<ScimResource>> CreateAsync(JsonObject resource, CancellationToken cancellationToken)
    {
        if (ScimValues.Text(resource["displayName"]) is not { Length: > 0 } name) return ScimProblem.InvalidValue("displayName is required.");
        var group = new Group { Id = Ids.New(), OrganizationId = scope.OrganizationId, DisplayName = name, DisplayNameKey = name.ToUpperInvariant(), ExternalId = ScimValues.Text(resource["externalId"]), CreatedAtUtc = Now(), ModifiedAtUtc = Now() };
        scope.Db.Add(group);
        scope.Audit("group", group.Id, name);
        var delta = new MemberDelta();
        delta.Add(ScimRefusal.Catch(() => MemberIds(resource["members"])).TryGet(out var members, out var problem) ? members : []);
        if (problem is not null) return problem;
        if (!(await ApplyAsync(new Place(group, false, false), delta, isNew: true, cancellationToken)).TryGet(out var names, out problem)) return problem;
        scope.Touch(LiveTopic.People, group.Id, 1);
        return new ScimResource(group.Id, 1, _reader.Show(group, 1, names));
    }

    /// <summary>PUT. A body without members leaves them as they are, as RFC 7644 section 3.5.1 allows: some providers rename that way.</summary>
    public async Task<Result<ScimResource>> ReplaceAsync(Guid id, string? ifMatch, JsonObject resource, bool namesMembers, CancellationToken cancellationToken)
    {
        var found = await FindAsync(id, ifMatch, cancellationToken);
        if (!found.TryGet(out var place, out var problem)) return problem;
        if (ScimValues.Text(resource["displayName"]) is not { Length: > 0 } name) return ScimProblem.InvalidValue("displayName is required.");
        var delta = new MemberDelta();
        if (namesMembers)
        {
            if (!ScimRefusal.Catch(() => MemberIds(resource["members"])).TryGet(out var members, out problem)) return problem;
            delta.Clear();
            delta.Add(members);
        }

        (place.Group.DisplayName, place.Group.DisplayNameKey, place.Group.ExternalId) = (name, name.ToUpperInvariant(), ScimValues.Text(resource["externalId"]));
        return await FinishAsync(place, delta, cancellationToken);
    }

    public async Task<Result<ScimResource>> PatchAsync(Guid id, string? ifMatch, IReadOnlyList<ScimOperation> operations, CancellationToken cancellationToken)
    {
        var found = await FindAsync(id, ifMatch, cancellationToken);
        if (!found.TryGet(out var place, out var problem)) return problem;
        var delta = new MemberDelta();
        try
        {
            foreach (var operation in operations) await ApplyAsync(place.Group, delta, operation, cancellationToken);
        }
        catch (ScimRefusal refusal)
        {
            return refusal.Problem;
        }

        return await FinishAsync(place, delta, cancellationToken);
    }

    public async Task<Result<ScimResource>> DeleteAsync(Guid id, string? ifMatch, CancellationToken cancellationToken)
    {
        var found = await FindAsync(id, ifMatch, cancellationToken);
        if (!found.TryGet(out var place, out var problem)) return problem;
        if (place.HasAdmins && await LastAdmin.LosesAsync(scope, null, id, null, cancellationToken)) return LastAdmin.Refusal;
        scope.Db.RemoveRange(await _reader.GroupMembers.Where(m => m.GroupId == id).ToListAsync(cancellationToken));
        if (place.HasRoles) scope.Db.RemoveRange(await Bindings.Where(b => b.PrincipalId == id).ToListAsync(cancellationToken));
        scope.Db.Remove(place.Group);
        scope.Touch(LiveTopic.People, id, place.Group.Version + 1);
        scope.Touch(LiveTopic.Sessions, id, 0, Guid.Empty);
        return new ScimResource(id, 0, []);
    }

    private async Task ApplyAsync(Group group, MemberDelta delta, ScimOperation operation, CancellationToken cancellationToken)
    {
        if (operation.Target is null)
        {
            if (operation.Value is not JsonObject members) throw new ScimRefusal(ScimProblem.InvalidValue("An operation without a path takes an object of attributes."));
            foreach (var (name, value) in members)
            {
                if (ScimSchemas.Groups.Resolve(name) is { } path && !ScimDocument.IsReadOnly(path))
                    await ApplyAsync(group, delta, operation with { Target = new ScimTarget(path, null), Value = value, HasValue = true }, cancellationToken);
            }

            return;
        }

        switch (operation.Target.Path.Attribute?.Name)
        {
            case "displayName":
                if (operation.Op == "remove" || ScimValues.Text(ScimDocument.Canonical(operation.Target.Path.Attribute, operation.Value)) is not { Length: > 0 } name) throw new ScimRefusal(ScimProblem.InvalidValue("displayName is required."));
                (group.DisplayName, group.DisplayNameKey) = (name, name.ToUpperInvariant());
                break;
            case "externalId":
                group.ExternalId = operation.Op == "remove" ? null : ScimValues.Text(ScimDocument.Canonical(operation.Target.Path.Attribute, operation.Value));
                break;
            case "members":
                await ApplyMembersAsync(group, delta, operation, operation.Target, cancellationToken);
                break;
        }
    }

    private async Task ApplyMembersAsync(Group group, MemberDelta delta, ScimOperation operation, ScimTarget target, CancellationToken cancellationToken)
    {
        if (target.Path.Sub is not null) throw new ScimRefusal(ScimProblem.Mutability("A member's parts never change; remove the member and add another."));
        if (operation.Op == "remove")
        {
            if (target.Filter is { } filter) delta.Remove(Named(filter) ?? await MatchingAsync(group, delta, filter, cancellationToken));
            // A value names who goes, and be it nobody; only a bare path means everybody.
            else if (operation.HasValue && operation.Value is not null) delta.Remove(MemberIds(operation.Value));
            else delta.Clear();
            return;
        }

        if (target.Filter is not null) throw new ScimRefusal(ScimProblem.Mutability("A member's parts never change; remove the member and add another."));
        var ids = MemberIds(operation.Value);
        if (operation.Op == "replace") delta.Clear();
        delta.Add(ids);
    }

    private async Task<Result<ScimResource>> FinishAsync(Place place, MemberDelta delta, CancellationToken cancellationToken)
    {
        if ((await ApplyAsync(place, delta, isNew: false, cancellationToken)).Problem is { } refusal) return refusal;
        var group = place.Group;
        scope.Db.ChangeTracker.DetectChanges();
        var changed = scope.Db.ChangeTracker.HasChanges();
        if (changed)
        {
            // Members are other rows; the group's version says that it changed.
            group.ModifiedAtUtc = Now();
            scope.Db.Entry(group).Property(g => g.Version).IsModified = true;
            scope.Touch(LiveTopic.People, group.Id, group.Version + 1);
        }

        var version = group.Version + (changed ? 1 : 0);
        return new ScimResource(group.Id, version, _reader.Show(group, version, []));
    }

    /// <summary>Turns the change of the set into rows; answers those who were named to be in it, a refusal for people who are not there. Reads nothing of members that the change does not name.</summary>
    private async Task<Result<List<(Guid Id, string Name)>>> ApplyAsync(Place place, MemberDelta delta, bool isNew, CancellationToken cancellationToken)
    {
        var (id, wanted, gone) = (place.Group.Id, delta.Added.ToList(), delta.Removed.ToList());
        var members = _reader.GroupMembers.Where(m => m.GroupId == id);
        var known = wanted.Count == 0 ? [] : await _reader.Users.Where(u => wanted.Contains(u.Id)).OrderBy(u => u.Id).Select(u => new { u.Id, u.ShownName, IsMember = members.Any(m => m.MemberId == u.Id) }).ToListAsync(cancellationToken);
        if (wanted.Except(known.Select(u => u.Id)).ToList() is { Count: > 0 } missing) return ScimProblem.InvalidValue($"There is no user {missing[0]} in this organization; groups are not members of groups here.");
        var leaving = isNew || (!delta.Cleared && gone.Count == 0) ? [] : await members.Where(m => delta.Cleared ? !wanted.Contains(m.MemberId) : gone.Contains(m.MemberId)).ToListAsync(cancellationToken);
        if (leaving.Count > 0 && place.HasAdmins && await LastAdmin.LosesAsync(scope, null, id, leaving.ConvertAll(r => r.MemberId), cancellationToken)) return LastAdmin.Refusal;
        scope.Db.RemoveRange(leaving);
        var joining = known.Where(u => !u.IsMember).ToList();
        foreach (var user in joining) scope.Db.Add(new GroupMember { GroupId = id, MemberId = user.Id, OrganizationId = scope.OrganizationId, AddedAtUtc = scope.NowUtc });
        // What its members may do changes with it where the group carries roles.
        if (place.HasRoles && leaving.Count + joining.Count > 0) scope.Touch(LiveTopic.Sessions, id, 0, Guid.Empty);
        return known.ConvertAll(u => (u.Id, u.ShownName));
    }

    private IQueryable<RoleBinding> Bindings => scope.Db.Set<RoleBinding>().Where(b => b.OrganizationId == scope.OrganizationId && b.PrincipalKind == PrincipalKind.Group);

    /// <summary>The group, held until the end, so that changes of one group follow each other.</summary>
    private async Task<Result<Place>> FindAsync(Guid id, string? ifMatch, CancellationToken cancellationToken)
    {
        var found = await HoldAsync(id, cancellationToken);
        if (found is { Place.Group: var held, Seen: var seen } && held.Version != seen)
        {
            // Somebody else had the row; its roles were read as they were before their change.
            scope.Db.Entry(held).State = EntityState.Detached;
            found = await HoldAsync(id, cancellationToken);
        }

        if (found?.Place is not { } place) return Problem.NotFound("group");
        scope.Audit("group", id, place.Group.DisplayName);
        if (ifMatch is not null && !ScimVersion.Matches(ifMatch, place.Group.Version)) return Problem.Stale("group", place.Group.Version) with { Kind = ProblemKind.PreconditionFailed };
        return place;
    }

    /// <summary>Everything in one statement. The held row is the newest one, the rest is as of the statement's beginning, and so is the version seen.</summary>
    private async Task<(Place Place, long Seen)?> HoldAsync(Guid id, CancellationToken cancellationToken)
    {
        var found = await scope.Db.Set<Group>().FromSqlRaw(scope.Service<PortalDatabase>().Engine.HeldRow("access_groups", alone: true), id).Where(g => g.OrganizationId == scope.OrganizationId)
            .Select(g => new
            {
                Group = g,
                HasRoles = Bindings.Any(b => b.PrincipalId == g.Id),
                HasAdmins = Bindings.Any(b => b.PrincipalId == g.Id && b.Role == BuiltInRoles.OrgAdmin && b.Scope == GrantScope.Organization),
                Seen = _reader.Groups.Where(s => s.Id == g.Id).Select(s => s.Version).FirstOrDefault(),
            })
            .SingleOrDefaultAsync(cancellationToken);
        return found is null ? null : (new Place(found.Group, found.HasRoles, found.HasAdmins), found.Seen);
    }

    private async Task<IReadOnlyCollection<Guid>> MatchingAsync(Group group, MemberDelta delta, ScimFilter filter, CancellationToken cancellationToken)
    {
        var now = delta.Cleared ? [] : await _reader.GroupMembers.Where(m => m.GroupId == group.Id).Select(m => m.MemberId).ToListAsync(cancellationToken);
        var names = await NamesAsync([.. now.Except(delta.Removed).Union(delta.Added)], cancellationToken);
        return [.. names.Where(m => filter.Matches(new JsonObject { ["value"] = m.Id.ToString(), ["$ref"] = $"{address}/Users/{m.Id}", ["display"] = m.Name, ["type"] = "User" })).Select(m => m.Id)];
    }

    /// <summary>The members that a filter of nothing but <c>value eq</c> and <c>or</c> names; null for other filters.</summary>
    private static List<Guid>? Named(ScimFilter filter) => filter switch
    {
        ScimCompare { Path.Attribute.Name: "value", Operator: ScimOperator.Eq, Value: string text } => Guid.TryParseExact(text, "D", out var id) ? [id] : [],
        ScimOr either when Named(either.Left) is { } left && Named(either.Right) is { } right => [.. left, .. right],
        _ => null,
    };

    private async Task<List<(Guid Id, string Name)>> NamesAsync(HashSet<Guid> ids, CancellationToken cancellationToken)
    {
        if (ids.Count == 0) return [];
        var list = ids.ToList();
        return [.. (await _reader.Users.Where(u => list.Contains(u.Id)).OrderBy(u => u.Id).Select(u => new { u.Id, u.ShownName }).ToListAsync(cancellationToken)).Select(u => (u.Id, u.ShownName))];
    }

    /// <summary>The ids of members as clients name them: objects with a value, or plain text; one or a list.</summary>
    private static List<Guid> MemberIds(JsonNode? members)
    {
        var result = new List<Guid>();
        foreach (var one in members as JsonArray ?? (members is null ? [] : [members.DeepClone()]))
        {
            if (one is null) continue;
            if (one is JsonObject sent && ScimValues.Text(Part(sent, "type")) is { } type && !type.Equals("User", StringComparison.OrdinalIgnoreCase))
                throw new ScimRefusal(ScimProblem.InvalidValue("Groups are not members of groups here; name their people."));
            var text = one is JsonObject parts ? ScimValues.Text(Part(parts, "value")) : ScimValues.Text(one);
            if (!Guid.TryParseExact(text, "D", out var id)) throw new ScimRefusal(ScimProblem.InvalidValue($"A member is named by the id of a user; there is no user {AuditWriter.Clip(text, 80) ?? "without value"}."));
            result.Add(id);
        }

        return result;
    }

    private static JsonNode? Part(JsonObject from, string name) => from.FirstOrDefault(p => p.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    private DateTime Now() => scope.NowUtc.AddTicks(-(scope.NowUtc.Ticks % TimeSpan.TicksPerMillisecond));

    /// <param name="HasRoles">Its members hold roles by it.</param>
    /// <param name="HasAdmins">That of an administrator is among them.</param>
    private sealed record Place(Group Group, bool HasRoles, bool HasAdmins);

    /// <summary>What a request does to the set of members, whoever is in it.</summary>
    private sealed class MemberDelta
    {
        public HashSet<Guid> Added { get; } = [];

        public HashSet<Guid> Removed { get; } = [];

        public bool Cleared { get; private set; }

        public bool IsEmpty => !Cleared && Added.Count == 0 && Removed.Count == 0;

        public void Add(IEnumerable<Guid> ids)
        {
            foreach (var id in ids)
            {
                Removed.Remove(id);
                Added.Add(id);
            }
        }

        public void Remove(IEnumerable<Guid> ids)
        {
            foreach (var id in ids)
            {
                Added.Remove(id);
                Removed.Add(id);
            }
        }

        public void Clear()
        {
            Cleared = true;
            Added.Clear();
            Removed.Clear();
        }
    }
}
