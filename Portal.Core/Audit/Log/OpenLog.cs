using System.Buffers;
using Hexabase.Portal.Audit.Tree;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Audit.Log;

/// <summary>A log that the sequencer has at hand: its size and what of its tree the next leaf needs, ahead of the database until the batch commits.</summary>
internal sealed class OpenLog(Guid organizationId, Guid logId, CompactRange range)
{
    public Guid OrganizationId => organizationId;

    public Guid LogId => logId;

    public CompactRange Range => range;

    public DateTime LastAtUtc { get; set; }

    public long SignedSize { get; set; }

    public DateTime SignedAtUtc { get; set; }

    /// <summary>Organizations whose logs grew after their last checkpoint.</summary>
    public static IQueryable<Guid> Unsigned(PortalDbContext db) => db.Set<AuditLog>().AsNoTracking().Where(l =>
            db.Set<AuditLeaf>().Where(f => f.OrganizationId == l.OrganizationId).Max(f => (long?)f.Index) + 1 > (db.Set<AuditCheckpoint>().Where(c => c.OrganizationId == l.OrganizationId).Max(c => (long?)c.TreeSize) ?? 0))
            .Select(l => l.OrganizationId);

    /// <summary>Reads it from the database; a log that does not exist yet is added.</summary>
    public static async Task<OpenLog> OpenAsync(PortalDbContext db, Guid organizationId, DateTime nowUtc, CancellationToken cancellationToken)
    {
        var stored = await db.Set<AuditLog>().AsNoTracking().SingleOrDefaultAsync(l => l.OrganizationId == organizationId, cancellationToken);
        if (stored is null)
        {
            stored = new AuditLog { OrganizationId = organizationId, LogId = Ids.New(), FormatVersion = LeafText.FormatVersion, CreatedAtUtc = nowUtc };
            db.Add(stored);
        }

        var last = await db.Set<AuditLeaf>().AsNoTracking().Where(l => l.OrganizationId == organizationId).OrderByDescending(l => l.Index).Select(l => new { l.Index, l.SequencedAtUtc }).FirstOrDefaultAsync(cancellationToken);
        var size = last is null ? 0 : last.Index + 1;
        var range = await new TreeProofs(new AuditTreeStore(db, organizationId), size).CompactRangeAsync(size, cancellationToken);
        var checkpoint = await db.Set<AuditCheckpoint>().AsNoTracking().Where(c => c.OrganizationId == organizationId).OrderByDescending(c => c.TreeSize).Select(c => new { c.TreeSize, c.CreatedAtUtc }).FirstOrDefaultAsync(cancellationToken);
        return new OpenLog(organizationId, stored.LogId, range)
        {
            LastAtUtc = last?.SequencedAtUtc ?? DateTime.UnixEpoch,
            SignedSize = checkpoint?.TreeSize ?? 0,
            SignedAtUtc = checkpoint?.CreatedAtUtc ?? DateTime.UnixEpoch,
        };
    }

    /// <summary>Gives the entries the next places.</summary>
    /// <param name="classes">The retention class of each entry, in days.</param>
    public List<AuditLeaf> Append(IEnumerable<LeafFacts> entries, Dictionary<Guid, int> classes, DateTime nowUtc)
    {
        var leaves = new List<AuditLeaf>();
        var buffer = new ArrayBufferWriter<byte>(2048);
        var now = nowUtc.ToMicroseconds();
        // A clock that was set back does not make the log run backwards.
        if (now < LastAtUtc) now = LastAtUtc;
        foreach (var entry in entries)
        {
            buffer.ResetWrittenCount();
            LeafText.Write(buffer, LogId, Range.Size, now, entry);
            var hash = MerkleTree.LeafHash(buffer.WrittenSpan);
            leaves.Add(new AuditLeaf { OrganizationId = OrganizationId, Index = Range.Size, EntryId = entry.Id, RetentionDays = classes[entry.Id], LeafHash = hash, SequencedAtUtc = now });
            Range.Append(hash);
        }

        LastAtUtc = now;
        return leaves;
    }
}
