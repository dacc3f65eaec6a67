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
        return rows.ConvertAll(m => new SsoMappingRow(m.Id, m.Value, m.GroupId, m.GroupId is { } id ? names.GetValueOrDefault(id) : null, m.Role));
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
        for (var i = 0; i < wanted.Count; i++) Check(wanted[i], i, groups, errors);
        if (errors.Count > 0) return Problem.Invalid(errors);
        if (await BeyondAsync(scope, wanted, cancellationToken) is { } beyond) return beyond;

        var old = await scope.Db.Set<SsoGroupMapping>().Where(m => m.ConnectionId == ConnectionId).OrderBy(m => m.Value).ThenBy(m => m.Id).ToListAsync(cancellationToken);
        var made = wanted.DistinctBy(m => (m.Value, m.GroupId, m.Role)).Select(m => new SsoGroupMapping { Id = Ids.New(), OrganizationId = scope.OrganizationId, ConnectionId = ConnectionId, Value = m.Value ?? "", GroupId = m.GroupId, Role = m.Role }).ToList();
        scope.Db.RemoveRange(old);
        scope.Db.AddRange(made);
        scope.Db.Entry(connection).Property(c => c.Version).IsModified = true;
        scope.Audit("ssoConnection", connection.Id, connection.Name, oldValue: View(old), newValue: View(made));
        scope.Touch(LiveTopic.Sso, connection.Id, connection.Version + 1);
        return made.ConvertAll(m => new SsoMappingRow(m.Id, m.Value, m.GroupId, m.GroupId is { } id ? groups.GetValueOrDefault(id) : null, m.Role));
    }

    private static void Check(SsoMappingInput mapping, int row, Dictionary<Guid, string> groups, List<FieldError> errors)
    {
        if (string.IsNullOrEmpty(mapping.Value) || mapping.Value.Length > Oidc.ClaimsMapping.MaxTextChars || mapping.Value.Any(char.IsControl)) errors.Add(new FieldError("value", "sso.mapping.value", "value is the provider's group, 1 to 320 characters as the provider writes it.", row));
        if (mapping.GroupId is null == mapping.Role is null) errors.Add(new FieldError("groupId", "sso.mapping.target", "A mapping leads to either a group or a role.", row));
        else if (mapping.Role is { } role && MemberRoles.Find(role) is null) errors.Add(MemberRoles.Unknown with { Row = row });
        else if (mapping.GroupId is { } group && !groups.ContainsKey(group)) errors.Add(new FieldError("groupId", "sso.mapping.group", "There is no such group.", row));
    }

    /// <summary>Nobody grants what they lack: neither directly nor by a group.</summary>
    private static async Task<Problem?> BeyondAsync(WriteScope scope, IReadOnlyList<SsoMappingInput> wanted, CancellationToken cancellationToken)
    {
        var groups = wanted.Select(m => m.GroupId).OfType<Guid>().Distinct().ToList();
        var bound = await scope.Db.Set<RoleBinding>().Where(b => b.PrincipalKind == PrincipalKind.Group && groups.Contains(b.PrincipalId)).Select(b => b.Role).ToListAsync(cancellationToken);
        foreach (var name in bound.Concat(wanted.Select(m => m.Role).OfType<string>()).Distinct(StringComparer.Ordinal))
        {
            if (BuiltInRoles.Find(name) is { } role && Granting.Refuses(scope.Actor, role, new AccessTarget(scope.OrganizationId), []) is { } refusal) return refusal;
        }

        return null;
    }

    private static List<SsoMappingInput> View(List<SsoGroupMapping> mappings) => mappings.ConvertAll(m => new SsoMappingInput(m.Value, m.GroupId, m.Role));
}
