using System.Buffers;
using Hexabase.Portal.Audit.Log;
using Hexabase.Portal.Audit.Persons;
using Hexabase.Portal.Audit.Tree;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Audit.Export;

/// <summary>Writes a plan as a bundle: the leaves as they follow from the stored entries beside the hashes that the tree holds, so that a changed row is found.</summary>
internal sealed class BundleExport(ReadScope scope, AuditExportPlan plan, Func<double, Task>? report)
{
    private const int MaxCheckpoints = 500;
    private readonly TreeProofs _proofs = new(new AuditTreeStore(scope.Db, scope.OrganizationId), plan.Head.TreeSize);
    private long _entries;
    private long _removed;

    public async Task<Result<AuditExportSummary>> WriteAsync(string? org, Func<AuditExportFile, Stream> open, CancellationToken cancellationToken)
    {
        var keys = await new ListAuditKeys(org).HandleAsync(scope, cancellationToken);
        if (!keys.TryGet(out var known, out var problem)) return problem;
        var isSelection = plan.Kind == BundleKind.Selection;
        var (from, to) = isSelection ? (0, plan.Head.TreeSize) : (plan.From, plan.To);
        var (checkpoints, consistency) = await CheckpointsAsync(cancellationToken);
        var proofs = new BundleProofs(
            [.. known.Select(k => AuditVerifierKey.FromPem(k.Name, k.PublicKeyPem))], checkpoints, consistency, isSelection ? [] : await _proofs.NodesAsync(0, from, cancellationToken),
            isSelection ? [] : await _proofs.NodesAsync(to, plan.Head.TreeSize, cancellationToken), isSelection ? [] : await BundleReceipt.ReadAsync(scope.Db, scope.OrganizationId, from, to, cancellationToken));
        var header = new BundleHeader(Ids.New(), plan.LogId, scope.OrganizationId, plan.Kind, from, to, scope.NowUtc, plan.Request.Q, plan.Request.AfterUtc, plan.Request.BeforeUtc);
        var output = open(new AuditExportFile(AuditRowFormat.FileName(scope, "jsonl"), "application/jsonl; charset=utf-8"));
        using var writer = new BundleWriter(output, header, scope.Service<AuditSigningKeys>().SignersOf(plan.LogId));
        await writer.BeginAsync(proofs, cancellationToken);
        await foreach (var (leaves, done) in new AuditExportSource(scope.Db, scope.OrganizationId, plan).ReadAsync(cancellationToken))
        {
            await PieceAsync(writer, leaves, cancellationToken);
            if (report is not null) await report(done);
        }

        await writer.EndAsync(cancellationToken);
        return new AuditExportSummary(AuditRowFormat.Bundle, BundleHeader.NameOf(plan.Kind), _entries, _removed, plan.Head.TreeSize);
    }

    private async Task PieceAsync(BundleWriter writer, IReadOnlyList<ExportedLeaf> leaves, CancellationToken cancellationToken)
    {
        var persons = await scope.Service<AuditPersons>().OpenAsync(
            scope.Db, leaves.SelectMany(l => l.Entry is { } e ? new[] { e.ActorKeyId, e.SubjectKeyId, e.OriginalKeyId } : []).OfType<Guid>(), cancellationToken);
        var text = new ArrayBufferWriter<byte>(4096);
        foreach (var run in ExportedLeaf.Runs(leaves))
        {
            var leaf = run[0].Leaf;
            if (run[0].Entry is not { } entry)
            {
                await writer.RemovedAsync(leaf.Index, [.. run.Select(l => l.Leaf.LeafHash)], cancellationToken);
                _removed += run.Count;
                continue;
            }

            text.ResetWrittenCount();
            LeafText.Write(text, plan.LogId, leaf.Index, leaf.SequencedAtUtc, LeafFacts.From(entry));
            var line = new BundleEntry(
                leaf.Index, text.WrittenMemory, leaf.LeafHash, Opening(persons, entry.Id, AuditPart.Actor, entry.ActorKeyId, entry.ActorSealed),
                Opening(persons, entry.Id, AuditPart.Subject, entry.SubjectKeyId, entry.SubjectSealed), Opening(persons, entry.Id, AuditPart.Original, entry.OriginalKeyId, entry.OriginalSealed));
            await writer.EntryAsync(line, plan.Kind == BundleKind.Selection ? await _proofs.InclusionAsync(leaf.Index, plan.Head.TreeSize, cancellationToken) : null, cancellationToken);
            _entries++;
        }
    }

    private static BundleOpening? Opening(IReadOnlyDictionary<Guid, PersonKey?> persons, Guid entryId, AuditPart part, Guid? keyId, byte[]? sealedBytes) =>
        keyId is { } id && sealedBytes is not null && persons[id] is { } key ? new BundleOpening(key.SaltOf(entryId, part), key.Open(entryId, part, sealedBytes)) : null;

    /// <summary>The head; of a range also those within it and the newest one before it with the proof of consistency. Many are thinned out evenly.</summary>
    private async Task<(List<string> Notes, IReadOnlyList<(long From, long To, IReadOnlyList<byte[]> Path)> Consistency)> CheckpointsAsync(CancellationToken cancellationToken)
    {
        var head = plan.Head.TreeSize;
        var stored = scope.Db.Set<AuditCheckpoint>().AsNoTracking().Where(c => c.OrganizationId == scope.OrganizationId && c.TreeSize < head && c.TreeSize > 0);
        if (plan.Kind == BundleKind.Selection) return ([plan.Head.Note], []);
        var sizes = await SizesAsync(stored.Where(c => c.TreeSize > plan.From && c.TreeSize <= plan.To).Select(c => c.TreeSize), cancellationToken);
        IReadOnlyList<(long, long, IReadOnlyList<byte[]>)> consistency = [];
        if (plan.From > 0 && await stored.Where(c => c.TreeSize <= plan.From).OrderByDescending(c => c.TreeSize).Select(c => (long?)c.TreeSize).FirstOrDefaultAsync(cancellationToken) is { } before)
        {
            sizes.Insert(0, before);
            consistency = [(before, head, await _proofs.ConsistencyAsync(before, head, cancellationToken))];
        }

        var notes = await stored.Where(c => sizes.Contains(c.TreeSize)).OrderBy(c => c.TreeSize).Select(c => c.Note).ToListAsync(cancellationToken);
        notes.Add(plan.Head.Note);
        return (notes, consistency);
    }

    // A checkpoint every few seconds makes millions in a year: of many, those next to evenly spread places are looked up.
    private async Task<List<long>> SizesAsync(IQueryable<long> sizes, CancellationToken cancellationToken)
    {
        var all = await sizes.OrderBy(s => s).Take(MaxCheckpoints + 1).ToListAsync(cancellationToken);
        if (all.Count <= MaxCheckpoints) return all;
        var some = new List<long>(MaxCheckpoints);
        for (var i = 1; i <= MaxCheckpoints; i++)
        {
            var place = plan.From + (long)((decimal)(plan.To - plan.From) * i / MaxCheckpoints);
            if (await sizes.Where(s => s <= place).OrderByDescending(s => s).Select(s => (long?)s).FirstOrDefaultAsync(cancellationToken) is { } size && (some.Count == 0 || some[^1] < size)) some.Add(size);
        }

        return some;
    }
}
