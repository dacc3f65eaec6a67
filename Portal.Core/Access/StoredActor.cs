using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access;

/// <summary>Who asked for a job that acts in their name, as kept in the job's input.</summary>
public sealed record StoredActor(ActorKind Kind, Guid Id, string Name, IReadOnlyList<Grant> Grants, IReadOnlyList<string>? PermissionLimit, Guid? OperationId)
{
    /// <summary>Conditions ask what was so when the job was asked for.</summary>
    public DateTime? MfaAtUtc { get; init; }

    public string? IpAddress { get; init; }

    public static StoredActor Of(Actor actor, Guid operationId) => new(actor.Kind, actor.Id, actor.Name, actor.Grants, actor.PermissionLimit, actor.OperationId ?? operationId) { MfaAtUtc = actor.MfaAtUtc, IpAddress = actor.IpAddress };

    internal Actor ToActor(IReadOnlyList<Grant> grants) => new() { Kind = Kind, Id = Id, Name = Name, Grants = grants, PermissionLimit = PermissionLimit, OperationId = OperationId, MfaAtUtc = MfaAtUtc, IpAddress = IpAddress };
}

/// <summary>Makes stored actors act again, with what they may do now: roles taken away and tokens revoked in the meantime count.</summary>
public sealed class StoredActors(PortalDatabase database, TokenDirectory tokens)
{
    /// <summary>Null where the person is gone or the token does not hold any more.</summary>
    public async Task<Actor?> FindAsync(StoredActor stored, CancellationToken cancellationToken)
    {
        if (stored.Kind == ActorKind.System) return stored.ToActor(stored.Grants);
        if (stored.Kind == ActorKind.Token && !(await tokens.StillHoldingAsync([stored.Id], cancellationToken)).Contains(stored.Id)) return null;
        return await database.ReadAsync(DataScope.Platform, async db => await GrantsAsync(db, stored, cancellationToken) is { } grants ? stored.ToActor(grants) : null, cancellationToken);
    }

    /// <summary>Null where nobody is left to act.</summary>
    private static async Task<IReadOnlyList<Grant>?> GrantsAsync(PortalDbContext db, StoredActor stored, CancellationToken cancellationToken)
    {
        switch (stored.Kind)
        {
            case ActorKind.Token:
                // A role of the organization's own may have been changed in the meantime.
                var held = stored.Grants.ToList();
                await Roles.RoleLookup.ResolveAsync(db, held, cancellationToken);
                return held;
            case ActorKind.ServiceAccount:
                var account = await ServiceAccounts.ServiceAccount.Holding(db).SingleOrDefaultAsync(a => a.Id == stored.Id, cancellationToken);
                return account is null ? null : await ServiceAccounts.ServiceAccount.GrantsAsync(db, account.OrganizationId, account.Id, cancellationToken);
            case ActorKind.Person:
                if (!await db.Set<User>().AnyAsync(u => u.Id == stored.Id && u.IsActive, cancellationToken)) return null;
                return Sso.Entry.SsoSessionGrants.Within(stored.Grants, await SessionDirectory.GrantsAsync(db, stored.Id, cancellationToken));
            default:
                return null;
        }
    }
}
