using System.Text.Json.Nodes;
using Hexabase.Portal.Access.Groups;
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
        if (await ApplyAsync(group, delta, isNew: true, cancellationToken) is { } refusal) return refusal;
        scope.Touch(LiveTopic.People, group.Id, 1);
        return new ScimResource(group.Id, 1, _reader.Show(group, 1, await NamesAsync(delta.Added, cancellationToken)));
    }

    /// <summary>PUT. A body without members leaves them as they are, as RFC 7644 section 3.5.1 allows: some providers rename that way.</summary>
    public async Task<Result<ScimResource>> ReplaceAsync(Guid id, string? ifMatch, JsonObject resource, bool namesMembers, CancellationToken cancellationToken)
    {
        var found = await FindAsync(id, ifMatch, cancellationToken);
        if (!found.TryGet(out var group, out var problem)) return problem;
        if (ScimValues.Text(resource["displayName"]) is not { Length: > 0 } name) return ScimProblem.InvalidValue("displayName is required.");
        var delta = new MemberDelta();
        if (namesMembers)
        {
            if (!ScimRefusal.Catch(() => MemberIds(resource["members"])).TryGet(out var members, out problem)) return problem;
            delta.Clear();
            delta.Add(members);
        }

        (group.DisplayName, group.DisplayNameKey, group.ExternalId) = (name, name.ToUpperInvariant(), ScimValues.Text(resource["externalId"]));
        return await FinishAsync(group, delta, cancellationToken);
    }

    public async Task<Result<ScimResource>> PatchAsync(Guid id, string? ifMatch, IReadOnlyList<ScimOperation> operations, CancellationToken cancellationToken)
    {
        var found = await FindAsync(id, ifMatch, cancellationToken);
        if (!found.TryGet(out var group, out var problem)) return problem;
        var delta = new MemberDelta();
        try
        {
            foreach (var operation in operations) await ApplyAsync(group, delta, operation, cancellationToken);
        }
        catch (ScimRefusal refusal)
        {
            return refusal.Problem;
        }

        return await FinishAsync(group, delta, cancellationToken);
    }

    public async Task<Result<ScimResource>> DeleteAsync(Guid id, string? ifMatch, CancellationToken cancellationToken)
    {
        var found = await FindAsync(id, ifMatch, cancellationToken);
        if (!found.TryGet(out var group, out var problem)) return problem;
        if (await LastAdmin.LosesAsync(scope, null, id, null, cancellationToken)) return LastAdmin.Refusal;
        scope.Db.RemoveRange(await _reader.GroupMembers.Where(m => m.GroupId == id).ToListAsync(cancellationToken));
        scope.Db.RemoveRange(await Bindings(id).ToListAsync(cancellationToken));
        scope.Db.Remove(group);
        scope.Touch(LiveTopic.People, id, group.Version + 1);
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

    private async Task<Result<ScimResource>> FinishAsync(Group group, MemberDelta delta, CancellationToken cancellationToken)
    {
        if (await ApplyAsync(group, delta, isNew: false, cancellationToken) is { } refusal) return refusal;
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

    /// <summary>Turns the change of the set into rows; answers a refusal for people who are not there.</summary>
    private async Task<Problem?> ApplyAsync(Group group, MemberDelta delta, bool isNew, CancellationToken cancellationToken)
    {
        if (delta.IsEmpty) return null;
        var wanted = delta.Added.ToList();
        var known = wanted.Count == 0 ? [] : await _reader.Users.Where(u => wanted.Contains(u.Id)).Select(u => u.Id).ToListAsync(cancellationToken);
        if (wanted.Except(known).ToList() is { Count: > 0 } missing) return ScimProblem.InvalidValue($"There is no user {missing[0]} in this organization; groups are not members of groups here.");
        var concerned = wanted.Concat(delta.Removed).ToList();
        var rows = isNew ? [] : await _reader.GroupMembers.Where(m => m.GroupId == group.Id && (delta.Cleared || concerned.Contains(m.MemberId))).ToListAsync(cancellationToken);
        var there = rows.Select(r => r.MemberId).ToHashSet();
        var leaving = rows.Where(r => !delta.Added.Contains(r.MemberId)).ToList();
        if (leaving.Count > 0 && await LastAdmin.LosesAsync(scope, null, group.Id, leaving.ConvertAll(r => r.MemberId), cancellationToken)) return LastAdmin.Refusal;
        scope.Db.RemoveRange(leaving);
        var joining = wanted.Where(id => !there.Contains(id)).ToList();
        foreach (var id in joining) scope.Db.Add(new GroupMember { GroupId = group.Id, MemberId = id, OrganizationId = scope.OrganizationId, AddedAtUtc = scope.NowUtc });
        // What its members may do changes with it where the group carries roles.
        if (!isNew && leaving.Count + joining.Count > 0 && await Bindings(group.Id).AnyAsync(cancellationToken)) scope.Touch(LiveTopic.Sessions, group.Id, 0, Guid.Empty);
        return null;
    }

    private IQueryable<RoleBinding> Bindings(Guid group) => scope.Db.Set<RoleBinding>().Where(b => b.OrganizationId == scope.OrganizationId && b.PrincipalKind == PrincipalKind.Group && b.PrincipalId == group);

    private async Task<Result<Group>> FindAsync(Guid id, string? ifMatch, CancellationToken cancellationToken)
    {
        var group = await scope.Db.Set<Group>().FromSqlRaw(scope.Service<PortalDatabase>().Engine.HeldRow("access_groups", alone: true), id).Where(g => g.OrganizationId == scope.OrganizationId).SingleOrDefaultAsync(cancellationToken);
        if (group is null) return Problem.NotFound("group");
        scope.Audit("group", id, group.DisplayName);
        if (ifMatch is not null && !ScimVersion.Matches(ifMatch, group.Version)) return Problem.Stale("group", group.Version) with { Kind = ProblemKind.PreconditionFailed };
        return group;
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
