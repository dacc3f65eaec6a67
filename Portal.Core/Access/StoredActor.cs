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
        switch (stored.Kind)
        {
            case ActorKind.System:
                return stored.ToActor(stored.Grants);
            case ActorKind.Token:
                if (!(await tokens.StillHoldingAsync([stored.Id], cancellationToken)).Contains(stored.Id)) return null;
                await using (var open = await database.OpenAsync(DataScope.Platform, forWriting: false, cancellationToken))
                {
                    // A role of the organization's own may have been changed in the meantime.
                    var held = stored.Grants.ToList();
                    await Roles.RoleLookup.ResolveAsync(open.Db, held, cancellationToken);
                    return stored.ToActor(held);
                }

            case ActorKind.ServiceAccount:
                await using (var open = await database.OpenAsync(DataScope.Platform, forWriting: false, cancellationToken))
                {
                    var account = await ServiceAccounts.ServiceAccount.Holding(open.Db).SingleOrDefaultAsync(a => a.Id == stored.Id, cancellationToken);
                    return account is null ? null : stored.ToActor(await ServiceAccounts.ServiceAccount.GrantsAsync(open.Db, account.OrganizationId, account.Id, cancellationToken));
                }

            case ActorKind.Person:
                await using (var open = await database.OpenAsync(DataScope.Platform, forWriting: false, cancellationToken))
                {
                    if (!await open.Db.Set<User>().AnyAsync(u => u.Id == stored.Id && u.IsActive, cancellationToken)) return null;
                    return stored.ToActor(Sso.Entry.SsoSessionGrants.Within(stored.Grants, await SessionDirectory.GrantsAsync(open.Db, stored.Id, cancellationToken)));
                }

            default:
                return null;
        }
    }
}
