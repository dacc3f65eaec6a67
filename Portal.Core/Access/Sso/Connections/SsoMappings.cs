using Hexabase.Portal.Access.Groups;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Sso.Connections;

/// <summary>A mapping: exactly one of group and role.</summary>
public sealed record SsoMappingInput(string? Value, Guid? GroupId = null, string? Role = null);

/// <summary>A mapping as lists show it.</summary>
public sealed record SsoMappingRow(Guid Id, string Value, Guid? GroupId, string? GroupName, string? Role);

/// <summary>The mappings of a connection, by value.</summary>
public sealed record ListSsoMappings(string Org, Guid ConnectionId) : Query<IReadOnlyList<SsoMappingRow>>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => SsoPermissions.Read;

    public override async Task<Result<IReadOnlyList<SsoMappingRow>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        if (!await scope.Db.Set<SsoConnection>().AnyAsync(c => c.Id == ConnectionId, cancellationToken)) return Problem.NotFound("ssoConnection");
        var rows = await scope.Db.Set<SsoGroupMapping>().Where(m => m.ConnectionId == ConnectionId).OrderBy(m => m.Value).ThenBy(m => m.Id).Take(SetSsoMappings.Max).ToListAsync(cancellationToken);
        var ids = rows.Select(m => m.GroupId).OfType<Guid>().ToList();
        var names = await scope.Db.Set<Group>().Where(g => ids.Contains(g.Id)).ToDictionaryAsync(g => g.Id, g => g.DisplayName, cancellationToken);
        var own = await RoleLookup.NamesAsync(scope, rows.Select(m => m.Role).OfType<string>(), cancellationToken);
        return rows.ConvertAll(m => new SsoMappingRow(m.Id, m.Value, m.GroupId, m.GroupId is { } id ? names.GetValueOrDefault(id) : null, m.Role is { } role ? RoleLookup.Shown(role, own) : null));
    }
}

/// <summary>Replaces the mappings of a connection. They count for each person from their next sign-in on.</summary>
public sealed record SetSsoMappings(string Org, Guid ConnectionId, IReadOnlyList<SsoMappingInput>? Mappings, long? ExpectedVersion = null) : Command<IReadOnlyList<SsoMappingRow>>
{
    public const int Max = 500;

    public override string Action => "ssoConnection.map";

    public override string OrganizationKey => Org;

    public override Permission? Permission => SsoPermissions.Write;

    public override async Task<Result<IReadOnlyList<SsoMappingRow>>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (!(await SsoChange.FindAsync(scope, ConnectionId, ExpectedVersion, cancellationToken)).TryGet(out var connection, out var problem)) return problem;
        var wanted = Mappings ?? [];
        if (wanted.Count > Max) return Problem.Invalid("mappings", "sso.mappings.tooMany", $"A connection has at most {Max} mappings.", Max);
        var asked = wanted.Select(m => m.GroupId).OfType<Guid>().Distinct().ToList();
        var groups = await scope.Db.Set<Group>().Where(g => asked.Contains(g.Id)).ToDictionaryAsync(g => g.Id, g => g.DisplayName, cancellationToken);
        var errors = new List<FieldError>();
        var roles = new Dictionary<string, Role>(StringComparer.Ordinal);
        foreach (var key in wanted.Select(m => m.Role).OfType<string>().Distinct(StringComparer.Ordinal))
            if (await MemberRoles.FindAsync(scope, key, cancellationToken) is { } role) roles[key] = role;
        for (var i = 0; i < wanted.Count; i++) Check(wanted[i], i, groups, roles, errors);
        if (errors.Count > 0) return Problem.Invalid(errors);
        if (await BeyondAsync(scope, wanted, roles.Values, cancellationToken) is { } beyond) return beyond;

        var old = await scope.Db.Set<SsoGroupMapping>().Where(m => m.ConnectionId == ConnectionId).OrderBy(m => m.Value).ThenBy(m => m.Id).ToListAsync(cancellationToken);
        var made = wanted.Select(m => m.Role is { } key ? m with { Role = roles[key].Name } : m).DistinctBy(m => (m.Value, m.GroupId, m.Role)).Select(m => new SsoGroupMapping { Id = Ids.New(), OrganizationId = scope.OrganizationId, ConnectionId = ConnectionId, Value = m.Value ?? "", GroupId = m.GroupId, Role = m.Role }).ToList();
        scope.Db.RemoveRange(old);
        scope.Db.AddRange(made);
        scope.Db.Entry(connection).Property(c => c.Version).IsModified = true;
        scope.Audit("ssoConnection", connection.Id, connection.Name, oldValue: View(old), newValue: View(made));
        scope.Touch(LiveTopic.Sso, connection.Id, connection.Version + 1);
        var own = await RoleLookup.NamesAsync(scope, made.Select(m => m.Role).OfType<string>(), cancellationToken);
        return made.ConvertAll(m => new SsoMappingRow(m.Id, m.Value, m.GroupId, m.GroupId is { } id ? groups.GetValueOrDefault(id) : null, m.Role is { } role ? RoleLookup.Shown(role, own) : null));
    }

    private static void Check(SsoMappingInput mapping, int row, Dictionary<Guid, string> groups, Dictionary<string, Role> roles, List<FieldError> errors)
    {
        if (string.IsNullOrEmpty(mapping.Value) || mapping.Value.Length > Oidc.ClaimsMapping.MaxTextChars || mapping.Value.Any(char.IsControl)) errors.Add(new FieldError("value", "sso.mapping.value", "value is the provider's group, 1 to 320 characters as the provider writes it.", row));
        if (mapping.GroupId is null == mapping.Role is null) errors.Add(new FieldError("groupId", "sso.mapping.target", "A mapping leads to either a group or a role.", row));
        else if (mapping.Role is { } role && !roles.ContainsKey(role)) errors.Add(MemberRoles.Unknown with { Row = row });
        else if (mapping.GroupId is { } group && !groups.ContainsKey(group)) errors.Add(new FieldError("groupId", "sso.mapping.group", "There is no such group.", row));
    }

    /// <summary>Nobody grants what they lack: neither directly nor by a group.</summary>
    private static async Task<Problem?> BeyondAsync(WriteScope scope, IReadOnlyList<SsoMappingInput> wanted, IEnumerable<Role> roles, CancellationToken cancellationToken)
    {
        var groups = wanted.Select(m => m.GroupId).OfType<Guid>().Distinct().ToList();
        var bound = await scope.Db.Set<RoleBinding>().Where(b => b.PrincipalKind == PrincipalKind.Group && groups.Contains(b.PrincipalId)).ToListAsync(cancellationToken);
        var place = new AccessTarget(scope.OrganizationId);
        foreach (var role in roles)
            if (Granting.Refuses(scope.Actor, role, place, []) is { } refusal) return refusal;
        return await Granting.RefusesTakingAsync(scope, bound, place, cancellationToken);
    }

    private static List<SsoMappingInput> View(List<SsoGroupMapping> mappings) => mappings.ConvertAll(m => new SsoMappingInput(m.Value, m.GroupId, m.Role));
}
