using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Hexabase.Portal.Access.Sso.Connections;

/// <summary>Makes a connection; it signs nobody in until it is enabled.</summary>
public sealed record CreateSsoConnection(string Org, SsoConnectionInput Input) : Command<SsoConnectionRow>
{
    private const int MaxConnections = 20;

    public override string Action => "ssoConnection.create";

    public override string OrganizationKey => Org;

    public override Permission? Permission => SsoPermissions.Write;

    public override async Task<Result<SsoConnectionRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var role = await SsoChange.RoleAsync(scope, Input, null, cancellationToken);
        if (!CheckedSsoConnection.Run(Input, null, role, scope.Service<IOptions<SsoOptions>>().Value, scope.NowUtc).TryGet(out var wanted, out var problem)) return problem;
        if (SsoChange.RefusesRole(scope, wanted.Settings, role) is { } beyond) return beyond;
        if (await scope.Db.Set<SsoConnection>().CountAsync(cancellationToken) >= MaxConnections) return Problem.Refused("sso.connections.tooMany", $"An organization has at most {MaxConnections} connections.", MaxConnections);
        var connection = new SsoConnection
        {
            Id = Ids.New(), OrganizationId = scope.OrganizationId, Kind = wanted.Kind, Template = wanted.Template, Name = wanted.Name, Issuer = wanted.Issuer, SettingsJson = SsoConnection.Write(wanted.Settings),
            ClientSecret = wanted.ClientSecret is null ? null : scope.Service<SsoSecrets>().Protect(wanted.ClientSecret), CreatedAtUtc = scope.NowUtc,
        };
        var key = SsoKeys.Make(scope, connection);
        scope.Db.Add(connection);
        scope.Db.Add(key);
        scope.Audit("ssoConnection", connection.Id, connection.Name, newValue: SsoChange.View(connection));
        scope.Touch(LiveTopic.Sso, connection.Id, 1);
        return SsoConnectionRow.Of(connection, [key], 1);
    }
}

/// <summary>Changes a connection. New settings have to be tested again before they can be enforced; while it is enforced, what leads to the provider stays.</summary>
public sealed record ChangeSsoConnection(string Org, Guid Id, SsoConnectionInput Input, long? ExpectedVersion = null) : Command<SsoConnectionRow>
{
    public override string Action => "ssoConnection.change";

    public override string OrganizationKey => Org;

    public override Permission? Permission => SsoPermissions.Write;

    public override async Task<Result<SsoConnectionRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (!(await SsoChange.FindAsync(scope, Id, ExpectedVersion, cancellationToken)).TryGet(out var connection, out var problem)) return problem;
        var before = SsoChange.View(connection);
        var role = await SsoChange.RoleAsync(scope, Input, connection, cancellationToken);
        if (!CheckedSsoConnection.Run(Input, connection, role, scope.Service<IOptions<SsoOptions>>().Value, scope.NowUtc).TryGet(out var wanted, out problem)) return problem;
        if (SsoChange.RefusesRole(scope, wanted.Settings, role) is { } beyond) return beyond;
        if (EnforcedSettings.Refuses(connection, wanted.Issuer, wanted.Settings, wanted.ClientSecret is not null) is { } kept) return kept;
        (connection.Name, connection.Issuer) = (wanted.Name, wanted.Issuer);
        if (wanted.ClientSecret is { } secret) connection.ClientSecret = scope.Service<SsoSecrets>().Protect(secret);
        connection.Change(wanted.Settings);
        return await SsoChange.DoneAsync(scope, connection, before, cancellationToken);
    }
}

/// <summary>Switches a connection on or off. Off: its sessions end, nobody signs in through it.</summary>
public sealed record EnableSsoConnection(string Org, Guid Id, bool Enabled, long? ExpectedVersion = null) : Command<SsoConnectionRow>
{
    public override string Action => Enabled ? "ssoConnection.enable" : "ssoConnection.disable";

    public override string OrganizationKey => Org;

    public override Permission? Permission => SsoPermissions.Write;

    public override async Task<Result<SsoConnectionRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (!(await SsoChange.FindAsync(scope, Id, ExpectedVersion, cancellationToken)).TryGet(out var connection, out var problem)) return problem;
        if (!Enabled && connection.Enforcement != SsoEnforcement.Off) return SsoChange.Enforced;
        var before = SsoChange.View(connection);
        connection.IsEnabled = Enabled;
        scope.Touch(LiveTopic.Sessions, connection.Id, 0, Guid.Empty);
        return await SsoChange.DoneAsync(scope, connection, before, cancellationToken);
    }
}

/// <summary>Removes a connection, what it gave people, and its sessions. Refused while it is enforced.</summary>
public sealed record RemoveSsoConnection(string Org, Guid Id, long? ExpectedVersion = null) : Command<Done>
{
    public override string Action => "ssoConnection.remove";

    public override string OrganizationKey => Org;

    public override Permission? Permission => SsoPermissions.Write;

    public override async Task<Result<Done>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (!(await SsoChange.FindAsync(scope, Id, ExpectedVersion, cancellationToken)).TryGet(out var connection, out var problem)) return problem;
        if (connection.Enforcement != SsoEnforcement.Off) return SsoChange.Enforced;
        var grants = await scope.Db.Set<SsoGrant>().Where(g => g.ConnectionId == Id && g.OrganizationId == scope.OrganizationId).ToListAsync(cancellationToken);
        if (!await SsoGrantWriter.RemoveAsync(scope, grants, cancellationToken)) return Scim.LastAdmin.Refusal;
        scope.Db.RemoveRange(await scope.Db.Set<SsoKey>().Where(k => k.ConnectionId == Id).ToListAsync(cancellationToken));
        scope.Db.RemoveRange(await scope.Db.Set<SsoGroupMapping>().Where(m => m.ConnectionId == Id).ToListAsync(cancellationToken));
        scope.Db.RemoveRange(await scope.Db.Set<SsoSubject>().Where(s => s.ConnectionId == Id).ToListAsync(cancellationToken));
        foreach (var domain in await scope.Db.Set<SsoDomain>().Where(d => d.ConnectionId == Id).ToListAsync(cancellationToken)) domain.ConnectionId = null;
        scope.Db.Remove(connection);
        scope.Audit("ssoConnection", connection.Id, connection.Name, oldValue: SsoChange.View(connection));
        scope.Touch(LiveTopic.Sso, connection.Id);
        scope.Touch(LiveTopic.Sessions, connection.Id, 0, Guid.Empty);
        return default(Done);
    }
}

internal static class SsoChange
{
    public static Problem Enforced { get; } = Problem.Conflict("sso.enforced", "Single sign-on is enforced through this connection. Switch the enforcement off first.");

    public static async Task<Result<SsoConnection>> FindAsync(WriteScope scope, Guid id, long? expectedVersion, CancellationToken cancellationToken)
    {
        var connection = await scope.Db.Set<SsoConnection>().SingleOrDefaultAsync(c => c.Id == id && c.OrganizationId == scope.OrganizationId, cancellationToken);
        if (connection is null) return Problem.NotFound("ssoConnection");
        scope.Audit("ssoConnection", connection.Id, connection.Name);
        return expectedVersion is { } version && version != connection.Version ? Problem.Stale("ssoConnection", connection.Version) : connection;
    }

    /// <summary>What a person who comes for the first time gets is given by whoever sets it up.</summary>
    public static Problem? RefusesRole(WriteScope scope, SsoSettings settings, Roles.Role? role) =>
        settings.CreatePeople && role is not null ? Granting.Refuses(scope.Actor, role, new AccessTarget(scope.OrganizationId), []) : null;

    /// <summary>The role that new people shall get, built-in or the organization's own.</summary>
    public static Task<Roles.Role?> RoleAsync(ReadScope scope, SsoConnectionInput input, SsoConnection? current, CancellationToken cancellationToken) =>
        MemberRoles.FindAsync(scope, input.DefaultRole ?? current?.Settings.DefaultRole ?? new SsoSettings().DefaultRole, cancellationToken);

    /// <summary>As audit entries show it.</summary>
    public static object View(SsoConnection c) => new { c.Name, c.Kind, c.Template, c.Issuer, c.IsEnabled, c.Enforcement, c.TestedAtUtc, hasClientSecret = c.ClientSecret is not null, settings = c.Settings };

    public static async Task<SsoConnectionRow> DoneAsync(WriteScope scope, SsoConnection connection, object before, CancellationToken cancellationToken) =>
        Done(scope, connection, before, await SsoKeys.OfAsync(scope.Db, connection.Id, cancellationToken));

    public static SsoConnectionRow Done(WriteScope scope, SsoConnection connection, object before, IReadOnlyList<SsoKey> keys)
    {
        // Keys and certificates are part of the connection, whichever row they stand in.
        scope.Db.Entry(connection).Property(c => c.Version).IsModified = true;
        scope.Audit("ssoConnection", connection.Id, connection.Name, oldValue: before, newValue: View(connection));
        scope.Touch(LiveTopic.Sso, connection.Id, connection.Version + 1);
        return SsoConnectionRow.Of(connection, keys, connection.Version + 1);
    }
}
