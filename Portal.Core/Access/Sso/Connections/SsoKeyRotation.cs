using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Sso.Connections;

/// <summary>Makes the portal a new key for a connection and publishes it beside the present one, which goes on to sign: the provider gets to know the new one before anything depends on it.</summary>
public sealed record RotateSsoKey(string Org, Guid Id, long? ExpectedVersion = null) : Command<SsoConnectionRow>
{
    public override string Action => "ssoConnection.rotateKey";

    public override string OrganizationKey => Org;

    public override Permission? Permission => SsoPermissions.Write;

    public override async Task<Result<SsoConnectionRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (!(await SsoChange.FindAsync(scope, Id, ExpectedVersion, cancellationToken)).TryGet(out var connection, out var problem)) return problem;
        var keys = await SsoKeys.OfAsync(scope.Db, Id, cancellationToken);
        if (keys.Count >= SsoKeys.Max) return Problem.Conflict("sso.keys.tooMany", $"The portal keeps {SsoKeys.Max} keys of a connection at a time. Activate the new one, then remove the old one.", SsoKeys.Max);
        var before = SsoChange.View(connection);
        var made = SsoKeys.Make(scope, connection);
        scope.Db.Add(made);
        if (SsoKeys.Signing(connection.Settings, keys) is { } signing) connection.SettingsJson = SsoConnection.Write(connection.Settings with { SigningKeyId = signing.KeyId });
        return SsoChange.Done(scope, connection, before, [made, .. keys]);
    }
}

/// <summary>Lets a published key sign from now on. The one before stays, so that it can be activated again, until somebody removes it.</summary>
public sealed record ActivateSsoKey(string Org, Guid Id, string KeyId, long? ExpectedVersion = null) : Command<SsoConnectionRow>
{
    public override string Action => "ssoConnection.activateKey";

    public override string OrganizationKey => Org;

    public override Permission? Permission => SsoPermissions.Write;

    public override async Task<Result<SsoConnectionRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (!(await SsoChange.FindAsync(scope, Id, ExpectedVersion, cancellationToken)).TryGet(out var connection, out var problem)) return problem;
        var keys = await SsoKeys.OfAsync(scope.Db, Id, cancellationToken);
        if (keys.Find(k => k.KeyId == KeyId) is not { } key) return Problem.NotFound("ssoKey");
        var before = SsoChange.View(connection);
        if (SsoKeys.Signing(connection.Settings, keys) == key) return Problem.Conflict("sso.key.active", "This key signs already.");
        // What was tested was tested with the other key.
        connection.Change(connection.Settings with { SigningKeyId = key.KeyId, SigningSinceUtc = scope.NowUtc });
        return SsoChange.Done(scope, connection, before, keys);
    }
}

/// <summary>Takes a key away that does not sign. While the connection is enforced the one that signs must have brought somebody in first.</summary>
public sealed record RemoveSsoKey(string Org, Guid Id, string KeyId, long? ExpectedVersion = null) : Command<SsoConnectionRow>
{
    public override string Action => "ssoConnection.removeKey";

    public override string OrganizationKey => Org;

    public override Permission? Permission => SsoPermissions.Write;

    public override async Task<Result<SsoConnectionRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (!(await SsoChange.FindAsync(scope, Id, ExpectedVersion, cancellationToken)).TryGet(out var connection, out var problem)) return problem;
        var keys = await SsoKeys.OfAsync(scope.Db, Id, cancellationToken);
        if (keys.Find(k => k.KeyId == KeyId) is not { } key) return Problem.NotFound("ssoKey");
        var settings = connection.Settings;
        if (SsoKeys.Signing(settings, keys) == key) return Problem.Conflict("sso.key.signing", "The portal signs with this key. Activate another one first.");
        if (EnforcedSettings.Signs(connection) && key.CreatedAtUtc < settings.SigningSinceUtc && !await SsoUses.AnyAsync(scope, connection, settings.SigningSinceUtc, null, cancellationToken))
            return Problem.Conflict("sso.key.unproven", "Single sign-on is enforced, and nobody has signed in since the other key was activated. Sign in or test once, then remove this key.");
        var before = SsoChange.View(connection);
        scope.Db.Remove(key);
        return SsoChange.Done(scope, connection, before, [.. keys.Where(k => k != key)]);
    }
}

/// <summary>What the trace of attempts knows of successful sign-ins and tests; it goes back as far as attempts are kept.</summary>
internal static class SsoUses
{
    /// <param name="certificate">Only those that this certificate vouched for, by its thumbprint.</param>
    public static Task<bool> AnyAsync(ReadScope scope, SsoConnection connection, DateTime? since, string? certificate, CancellationToken cancellationToken)
    {
        var (organization, id) = (connection.OrganizationId, connection.Id);
        var uses = scope.Db.Set<SsoAttempt>().Where(a => a.OrganizationId == organization && a.ConnectionId == id && a.Succeeded && (a.Step == "session" || (a.IsTest && a.Step == "person")));
        if (since is { } from) uses = uses.Where(a => a.AtUtc >= from);
        if (certificate is not null) uses = uses.Where(a => a.Facts != null && a.Facts.Contains(certificate));
        return uses.AnyAsync(cancellationToken);
    }
}
