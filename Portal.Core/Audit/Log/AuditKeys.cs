using Hexabase.Portal.Audit.Tree;
using Hexabase.Portal.Data;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Audit.Log;

/// <summary>Every public key that checkpoints of a log may carry: those of the settings, and those that the database remembers after they were taken out of them.</summary>
internal static class AuditKeys
{
    public static async Task<List<AuditVerifierKey>> OfAsync(PortalDbContext db, AuditSigningKeys keys, Guid logId, CancellationToken cancellationToken)
    {
        var known = keys.VerifiersOf(logId).ToList();
        var stored = await db.Set<AuditPublicKey>().OrderByDescending(k => k.FirstUsedAtUtc).ThenBy(k => k.Fingerprint).Take(100).Select(k => k.PublicKeyPem).ToListAsync(cancellationToken);
        known.AddRange(stored.Select(pem => AuditVerifierKey.FromPem(Checkpoint.OriginOf(logId), pem)).Where(k => !known.Any(other => other.PublicKeyPem == k.PublicKeyPem)));
        return known;
    }
}
