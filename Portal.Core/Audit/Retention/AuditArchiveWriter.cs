using System.Buffers;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Hexabase.Portal.Audit.Export;
using Hexabase.Portal.Audit.Log;
using Hexabase.Portal.Audit.Tree;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Audit.Retention;

/// <summary>An archive on the disk.</summary>
/// <param name="File">Its name in the archive directory.</param>
public sealed record WrittenArchive(string File, byte[] Sha256, long Bytes, long FromIndex, long ToIndex, string Checkpoint);

/// <summary>
/// Writes the stretch of a log that holds what is about to expire: a bundle that <c>portal verify-audit</c> checks, and beside it the sealed parts of its entries,
/// still under their persons' keys, so that erasing a person reaches archives, too. Written aside, flushed, then renamed.
/// </summary>
internal sealed class AuditArchiveWriter(PortalDbContext db, Guid organizationId, AuditSigningKeys keys, string directory)
{
    public const string SealedSuffix = ".sealed.gz";

    /// <exception cref="InvalidOperationException">The log has no checkpoint over the stretch yet.</exception>
    public async Task<WrittenArchive> WriteAsync(ExpiryPart part, DateTime nowUtc, Func<long, long, Task> report, CancellationToken cancellationToken)
    {
        var placed = AuditExpiryPlan.Entries(db, organizationId, part.RetentionDays, part.MonthUtc).Join(db.Set<AuditLeaf>(), e => e.Id, l => l.EntryId, (e, l) => l.Index);
        var from = await placed.MinAsync(cancellationToken);
        var to = await placed.MaxAsync(cancellationToken) + 1;
        var head = await db.Set<AuditCheckpoint>().AsNoTracking().Where(c => c.OrganizationId == organizationId && c.TreeSize >= to).OrderByDescending(c => c.TreeSize).FirstOrDefaultAsync(cancellationToken)
            ?? throw new InvalidOperationException("No signed checkpoint covers the entries yet.");
        var log = await db.Set<AuditLog>().AsNoTracking().SingleAsync(l => l.OrganizationId == organizationId, cancellationToken);
        Directory.CreateDirectory(directory);
        var name = $"{log.LogId:D}-{part.MonthUtc:yyyyMM}-{part.RetentionDays}d-{from}-{to}.jsonl.gz";
        var aside = Path.Combine(directory, $"{name}.{Ids.Brief()}.part");
        try
        {
            await using (var file = new FileStream(aside, FileMode.CreateNew, FileAccess.Write))
            await using (var sealedFile = new FileStream(aside + SealedSuffix, FileMode.CreateNew, FileAccess.Write))
            {
                await using (var zip = new GZipStream(file, CompressionLevel.Optimal, leaveOpen: true))
                await using (var sealedZip = new GZipStream(sealedFile, CompressionLevel.Optimal, leaveOpen: true))
                    await WriteAsync(zip, sealedZip, log.LogId, from, to, head, nowUtc, report, cancellationToken);
                file.Flush(flushToDisk: true);
                sealedFile.Flush(flushToDisk: true);
            }

            File.Move(aside + SealedSuffix, Path.Combine(directory, name + SealedSuffix), overwrite: true);
            File.Move(aside, Path.Combine(directory, name), overwrite: true);
        }
        finally
        {
            File.Delete(aside);
            File.Delete(aside + SealedSuffix);
        }

        await using var written = File.OpenRead(Path.Combine(directory, name));
        return new WrittenArchive(name, await SHA256.HashDataAsync(written, cancellationToken), written.Length, from, to, head.Note);
    }

    private async Task WriteAsync(Stream bundle, Stream sealedParts, Guid logId, long from, long to, AuditCheckpoint head, DateTime nowUtc, Func<long, long, Task> report, CancellationToken cancellationToken)
    {
        var size = await AuditLogReader.SizeAsync(db, organizationId, cancellationToken);
        var tree = new TreeProofs(new AuditTreeStore(db, organizationId), size);
        var header = new BundleHeader(Ids.New(), logId, organizationId, BundleKind.Range, from, to, nowUtc);
        using var writer = new BundleWriter(bundle, header, keys.SignersOf(logId));
        await writer.BeginAsync(
            new BundleProofs(await AuditKeys.OfAsync(db, keys, logId, cancellationToken), [head.Note], [], await tree.NodesAsync(0, from, cancellationToken), await tree.NodesAsync(to, head.TreeSize, cancellationToken),
                await BundleReceipt.ReadAsync(db, organizationId, from, to, cancellationToken)), cancellationToken);
        var buffer = new ArrayBufferWriter<byte>(2048);
        var plan = new AuditExportPlan(new AuditExportRequest(), logId, head, BundleKind.Range, from, to, null);
        await foreach (var (leaves, _) in new AuditExportSource(db, organizationId, plan).ReadAsync(cancellationToken))
        {
            foreach (var run in ExportedLeaf.Runs(leaves))
            {
                var leaf = run[0].Leaf;
                if (run[0].Entry is not { } entry)
                {
                    await writer.RemovedAsync(leaf.Index, [.. run.Select(l => l.Leaf.LeafHash)], cancellationToken);
                    continue;
                }

                buffer.ResetWrittenCount();
                LeafText.Write(buffer, logId, leaf.Index, leaf.SequencedAtUtc, LeafFacts.From(entry));
                await writer.EntryAsync(new BundleEntry(leaf.Index, buffer.WrittenMemory, leaf.LeafHash), null, cancellationToken);
                if (SealedPartsText.Of(entry) is { } text) await sealedParts.WriteAsync(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new SealedLine(leaf.Index, text), JobJson.Options) + "\n"), cancellationToken);
            }

            await report(leaves[^1].Leaf.Index + 1 - from, to - from);
        }

        await writer.EndAsync(cancellationToken);
    }
}

/// <summary>The sealed parts of one archived entry.</summary>
internal sealed record SealedLine(long Index, SealedPartsText Parts);

/// <summary>Sealed parts as they travel in archives: base64, with the id of the key that opens them.</summary>
internal sealed record SealedPartsText(SealedPartText? Actor, SealedPartText? Subject, SealedPartText? Original)
{
    public static SealedPartsText? Of(AuditEntry entry)
    {
        var parts = new SealedPartsText(Part(entry.ActorKeyId, entry.ActorSealed), Part(entry.SubjectKeyId, entry.SubjectSealed), Part(entry.OriginalKeyId, entry.OriginalSealed));
        return parts is { Actor: null, Subject: null, Original: null } ? null : parts;
    }

    private static SealedPartText? Part(Guid? keyId, byte[]? bytes) => keyId is { } id && bytes is not null ? new SealedPartText(id, bytes) : null;
}

internal sealed record SealedPartText(Guid KeyId, byte[] Sealed);
