using System.Security.Cryptography;
using System.Text;
using Hexabase.Portal.Data;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Audit.Ingest;

/// <summary>
/// An outside event that is in the log: what makes ingesting idempotent. Requests cannot write here; on PostgreSQL the function
/// <c>portal_claim_source_ids</c> does it for the bulk role, in the transaction that brings the entries.
/// </summary>
[NotAudited]
public sealed class AuditSourceId : ITenantOwned
{
    public required Guid OrganizationId { get; init; }

    /// <summary>The first 16 bytes of SHA-256(source ‖ 0 ‖ source id), see <see cref="HashOf"/>.</summary>
    public required Guid Hash { get; init; }

    /// <summary>The UTC day on which it came; ids need not outlive the entries of their day.</summary>
    public required DateOnly RecordedOn { get; init; }

    internal static Guid HashOf(string source, string sourceId)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        var length = Encoding.UTF8.GetByteCount(source) + 1 + Encoding.UTF8.GetByteCount(sourceId);
        Span<byte> text = length <= 1024 ? stackalloc byte[length] : new byte[length];
        var used = Encoding.UTF8.GetBytes(source, text);
        text[used++] = 0;
        Encoding.UTF8.GetBytes(sourceId, text[used..]);
        SHA256.HashData(text, hash);
        return new Guid(hash[..16], bigEndian: true);
    }

    internal static void Configure(ModelBuilder model) => model.Entity<AuditSourceId>(e =>
    {
        e.ToTable("audit_source_ids");
        e.HasGuard(TableGuard.ReadOnly);
        e.HasKey(x => new { x.OrganizationId, x.Hash });
    });

    /// <summary>
    /// Claims ids for the organization of the connection and answers those that were not there. A claim of another transaction that is not committed yet is waited for.
    /// The caller sends the ids in order, so that two of them never wait for each other.
    /// </summary>
    internal static IEnumerable<string> PostgreSqlScript()
    {
        yield return """
            CREATE OR REPLACE FUNCTION portal_claim_source_ids(hashes uuid[]) RETURNS SETOF uuid LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
            DECLARE organization uuid := NULLIF(current_setting('portal.organization', true), '')::uuid; today date := (now() AT TIME ZONE 'UTC')::date;
            BEGIN
                -- All new is the usual case and costs less without looking for conflicts first.
                BEGIN
                    INSERT INTO audit_source_ids (organization_id, hash, recorded_on) SELECT organization, h, today FROM unnest(hashes) h;
                    RETURN QUERY SELECT unnest(hashes);
                EXCEPTION WHEN unique_violation THEN
                    RETURN QUERY INSERT INTO audit_source_ids (organization_id, hash, recorded_on) SELECT organization, h, today FROM unnest(hashes) h ON CONFLICT DO NOTHING RETURNING hash;
                END;
            END $$
            """;
        yield return "REVOKE ALL ON FUNCTION portal_claim_source_ids(uuid[]) FROM PUBLIC";
        yield return "GRANT EXECUTE ON FUNCTION portal_claim_source_ids(uuid[]) TO portal_bulk";
    }
}
