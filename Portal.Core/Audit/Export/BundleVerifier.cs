using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Hexabase.Portal.Audit.Tree;

namespace Hexabase.Portal.Audit.Export;

/// <summary>What to verify.</summary>
/// <param name="Bundles">Files; several of one log may follow each other.</param>
/// <param name="Checkpoints">Signed notes from elsewhere (the published directory, an earlier download): source and text.</param>
/// <param name="PinnedKeys">PEM texts of public keys; empty = believe the keys that the bundle brings, and say so.</param>
public sealed record VerificationRequest(IReadOnlyList<string> Bundles, IReadOnlyList<(string Source, string Text)> Checkpoints, IReadOnlyList<string> PinnedKeys);

/// <summary>Bytes read so far, of all.</summary>
public readonly record struct VerificationProgress(long Bytes, long Of);

/// <summary>Verifies bundles (docs/audit-bundle.md) with nothing but their bytes: no database, no network, constant memory.</summary>
public sealed class BundleVerifier
{
    private readonly VerificationRequest _request;
    private readonly IProgress<VerificationProgress>? _progress;
    private readonly FindingList _findings = new();
    private readonly List<string> _notes = [];
    private readonly Dictionary<string, VerifiedKey> _keys = new(StringComparer.Ordinal);
    private readonly long _allBytes;
    private long _bytes;
    private long _entries;
    private long _removed;
    private long _compared;
    private (long Size, byte[] Root) _head;

    private BundleVerifier(VerificationRequest request, IProgress<VerificationProgress>? progress)
    {
        (_request, _progress) = (request, progress);
        try
        {
            _allBytes = request.Bundles.Sum(b => new FileInfo(b).Length);
        }
        catch (IOException e)
        {
            throw new UnusableInputException(e.Message, e);
        }
    }

    /// <exception cref="UnusableInputException">A file cannot be read or is no bundle, or a key is no key.</exception>
    public static Task<VerificationResult> VerifyAsync(VerificationRequest request, IProgress<VerificationProgress>? progress, CancellationToken cancellationToken) =>
        new BundleVerifier(request, progress).RunAsync(cancellationToken);

    private async Task<VerificationResult> RunAsync(CancellationToken cancellationToken)
    {
        var bundles = new List<BundlePreamble>();
        foreach (var file in _request.Bundles)
        {
            try
            {
                bundles.Add(await BundlePreamble.ReadAsync(file, cancellationToken));
            }
            catch (FormatException e)
            {
                _findings.Add(new Finding("bundle.malformed", e.Message, file));
            }
            catch (UnusableInputException e)
            {
                throw new UnusableInputException($"{file}: {e.Message}", e);
            }
        }

        var strays = _request.Checkpoints.Count(c => !bundles.Exists(b => c.Text.StartsWith(Checkpoint.OriginOf(b.Header.LogId) + "\n", StringComparison.Ordinal)));
        if (strays > 0) _notes.Add($"{strays} checkpoints are of another log, or are none; they were not looked at.");
        foreach (var log in bundles.GroupBy(b => b.Header.LogId)) await LogAsync(log.Key, [.. log], cancellationToken);
        return new VerificationResult(
            _findings.Count == 0, _findings.Kept, _findings.Count, _notes, [.. bundles.Select(b => b.Header.LogId).Distinct()], _entries, _removed, _bytes, _head.Size,
            _head.Root is { } root ? Convert.ToBase64String(root) : null, _compared, [.. _keys.Values]);
    }

    private async Task LogAsync(Guid logId, List<BundlePreamble> bundles, CancellationToken cancellationToken)
    {
        var known = new KnownCheckpoints();
        var origin = Checkpoint.OriginOf(logId);
        var trusted = Trust(origin, bundles);
        foreach (var (source, text) in _request.Checkpoints)
        {
            if (!text.StartsWith(origin + "\n", StringComparison.Ordinal)) continue;
            if (Read(trusted, text, source, origin) is { } checkpoint && known.Add(new KnownRoot(checkpoint.Size, checkpoint.Root, source, true)) is { } fork) _findings.Add(fork);
        }

        var end = -1L;
        var chain = bundles.Where(b => b.Header.Kind != BundleKind.Selection).OrderBy(b => b.Header.From).ThenBy(b => b.Header.To).ToList();
        foreach (var bundle in chain)
        {
            if (end >= 0 && bundle.Header.From > end) _findings.Add(new Finding("entry.missing", $"Entries {end} to {bundle.Header.From - 1} are in none of the bundles.", bundle.File, null, end));
            await BundleAsync(bundle, trusted, known, origin, cancellationToken);
            end = Math.Max(end, bundle.Header.To);
        }

        foreach (var bundle in bundles.Where(b => b.Header.Kind == BundleKind.Selection)) await BundleAsync(bundle, trusted, known, origin, cancellationToken);
        Newest(known, chain, end);
        _compared += known.Compared.Count;
        var outside = known.All.Count(k => k.IsOutside && !known.Compared.Contains(k.Size));
        if (outside > 0) _notes.Add($"{outside} checkpoints are of sizes that the bundle has no proof for; they were checked for their signature only.");
    }

    private TrustedKeys Trust(string origin, List<BundlePreamble> bundles)
    {
        List<AuditVerifierKey> keys;
        var pinned = _request.PinnedKeys.Count > 0;
        try
        {
            keys = pinned ? [.. _request.PinnedKeys.Select(p => AuditVerifierKey.FromPem(origin, p))] : [.. bundles.SelectMany(b => b.Keys).Where(k => k.Name == origin).DistinctBy(k => Convert.ToHexString(k.PublicKey))];
        }
        catch (FormatException e)
        {
            throw new UnusableInputException($"--key: {e.Message}", e);
        }

        foreach (var key in keys)
        {
            var fingerprint = Convert.ToHexStringLower(SHA256.HashData(key.PublicKey));
            _keys[fingerprint] = new VerifiedKey(Convert.ToHexStringLower(key.KeyHash), fingerprint, pinned);
        }

        if (!pinned) _notes.Add("The keys are those of the bundle itself: they prove that it was not changed since it was signed, not who signed it. Give the portal's public key with --key, or compare the fingerprints.");
        return new TrustedKeys(keys, pinned);
    }

    private async Task BundleAsync(BundlePreamble bundle, TrustedKeys trusted, KnownCheckpoints known, string origin, CancellationToken cancellationToken)
    {
        var header = bundle.Header;
        var head = Heads(bundle, trusted, known, origin);
        if (head is not null && head.Size >= _head.Size) _head = (head.Size, head.Root);
        var receipts = new RemovalReceipts(bundle.Receipts.Where(r => HoldsUp(bundle, r, trusted, known, origin)));
        BundleWalk walk;
        try
        {
            walk = new BundleWalk(bundle, known, receipts, _findings);
        }
        catch (FormatException e)
        {
            _findings.Add(new Finding("bundle.malformed", $"The left edge is wrong: {e.Message}", bundle.File));
            return;
        }

        BundleBatch? last = null;
        try
        {
            await using var stream = new FileStream(bundle.File, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.Asynchronous | FileOptions.SequentialScan);
            await foreach (var batch in new BundleBatches(stream, BundleExpectation.Of(header, head)).ReadAsync(cancellationToken))
            {
                walk.Take(batch);
                if (batch.IsLast)
                {
                    last = batch;
                    // The line is read here: its block goes back to the pool.
                    Closing(bundle, walk, batch, trusted);
                }

                _progress?.Report(new VerificationProgress(_bytes + stream.Position, _allBytes));
            }

            _bytes += stream.Length;
        }
        catch (UnusableInputException e)
        {
            _findings.Add(new Finding("bundle.malformed", e.Message, bundle.File));
        }

        var root = walk.Finish(head);
        (_entries, _removed) = (_entries + walk.Entries, _removed + walk.Removed);
        if (last is null) _findings.Add(new Finding("bundle.truncated", "The file ends before its closing line.", bundle.File));
        if (walk.Removed > 0) _notes.Add(string.Create(CultureInfo.InvariantCulture, $"{walk.Removed} entries were removed by retention before this export; the tree still holds their hashes."));
        Roots(bundle, walk, head, root, known);
    }

    /// <summary>The bundle's checkpoints; the last one is the head.</summary>
    private Checkpoint? Heads(BundlePreamble bundle, TrustedKeys trusted, KnownCheckpoints known, string origin)
    {
        Checkpoint? head = null;
        foreach (var text in bundle.Notes)
        {
            if (Read(trusted, text, bundle.File, origin) is not { } checkpoint) continue;
            if (head is not null && checkpoint.Size <= head.Size) _findings.Add(new Finding("bundle.order", "The checkpoints are not in ascending order.", bundle.File));
            if (known.Add(new KnownRoot(checkpoint.Size, checkpoint.Root, bundle.File, false)) is { } fork) _findings.Add(fork);
            head = checkpoint;
        }

        var header = bundle.Header;
        if (head is null)
        {
            _findings.Add(new Finding("checkpoint.signature", "The bundle has no checkpoint that a known key signed: nothing in it is proven.", bundle.File));
            return null;
        }

        if (header.To > head.Size || (header.Kind != BundleKind.Range && (header.From != 0 || header.To != head.Size)))
            _findings.Add(new Finding("bundle.malformed", $"The header's range {header.From} to {header.To} does not fit a log of {head.Size} entries.", bundle.File));
        foreach (var line in bundle.Consistency)
        {
            var first = known.Of(line.From);
            if (line.To != head.Size || first is null || !MerkleTree.VerifyConsistency((ulong)line.From, (ulong)line.To, first.Root, head.Root, line.Path))
                _findings.Add(new Finding("tree.fork", $"The log of {line.To} entries is not a continuation of the log of {line.From} entries{(first is null ? "" : $" ({first.Source})")}.", bundle.File));
            else known.Compared.Add(line.From);
        }

        return head;
    }

    /// <summary>A receipt counts where its note is signed and covers what it says was removed.</summary>
    private bool HoldsUp(BundlePreamble bundle, ReceiptLine receipt, TrustedKeys trusted, KnownCheckpoints known, string origin)
    {
        var source = $"{bundle.File}: receipt {receipt.Id}";
        if (Read(trusted, receipt.Checkpoint, source, origin) is not { } checkpoint) return false;
        if (receipt.From >= receipt.To || receipt.Entries < 1 || receipt.Entries > receipt.To - receipt.From || receipt.To > checkpoint.Size)
        {
            _findings.Add(new Finding("removal.receipt", $"The receipt {receipt.Id} is no receipt: {receipt.Entries} entries from {receipt.From} to {receipt.To - 1} of a log of {checkpoint.Size}.", bundle.File, null, receipt.From));
            return false;
        }

        if (known.Add(new KnownRoot(checkpoint.Size, checkpoint.Root, source, false)) is not { } fork) return true;
        _findings.Add(fork);
        return false;
    }

    private Checkpoint? Read(TrustedKeys trusted, string text, string source, string origin)
    {
        var (note, finding) = trusted.Read(text, source);
        if (finding is not null) _findings.Add(finding);
        if (note is null || finding is not null) return null;
        try
        {
            var checkpoint = Checkpoint.Parse(note);
            if (checkpoint.Origin == origin) return checkpoint;
            _findings.Add(new Finding("checkpoint.malformed", $"The checkpoint is of another log: {checkpoint.Origin}.", source));
        }
        catch (FormatException e)
        {
            _findings.Add(new Finding("checkpoint.malformed", e.Message, source));
        }

        return null;
    }

    private void Closing(BundlePreamble bundle, BundleWalk walk, BundleBatch batch, TrustedKeys trusted)
    {
        void Add(string code, string message) => _findings.Add(new Finding(code, message, bundle.File, walk.Lines));
        try
        {
            using var json = BundlePreamble.Parse(Encoding.UTF8.GetString(batch.LastLine.Span));
            var end = json.RootElement;
            if (BundlePreamble.Text(end, "type") != "end" || !batch.EndsInLineBreak) throw new FormatException("It is another line.");
            var (entries, removed, lines) = (BundlePreamble.Whole(end, "entries"), BundlePreamble.Whole(end, "removed"), BundlePreamble.Whole(end, "lines"));
            var digest = StrictBase64.Hash(BundlePreamble.Text(end, "sha256"), "The digest");
            var statement = BundlePreamble.Text(end, "statement");
            if (!batch.LastLine.Span.SequenceEqual(BundleWriter.EndLine(entries, removed, lines, digest, statement).AsSpan()[..^1])) Add("bundle.malformed", "The closing line is not written as the format says.");
            if (entries != walk.Entries || removed != walk.Removed || lines != walk.Lines - 1) Add("bundle.count", $"The closing line counts {entries} entries, {removed} removed and {lines} lines; there are {walk.Entries}, {walk.Removed} and {walk.Lines - 1}.");
            if (!digest.AsSpan().SequenceEqual(batch.Digest)) Add("bundle.digest", "The SHA-256 of the lines is not the one of the closing line: the file was changed after the export.");
            var (note, finding) = trusted.Read(statement, bundle.File);
            if (finding is not null) Add("bundle.statement", $"The closing line: {finding.Message}");
            else if (note?.Text != BundleHeader.Statement(bundle.Header.LogId, bundle.Header.BundleId, lines, digest)) Add("bundle.statement", "The closing line's signature is of another bundle.");
        }
        catch (FormatException e)
        {
            Add("bundle.truncated", $"The file does not end in its closing line: it was cut off, or lines were added. {e.Message}");
        }
    }

    private void Roots(BundlePreamble bundle, BundleWalk walk, Checkpoint? head, byte[]? root, KnownCheckpoints known)
    {
        if (head is null) return;
        if (root is null)
        {
            if (bundle.Header.Kind != BundleKind.Selection && _findings.Count == 0) _findings.Add(new Finding("tree.root", "The root of the tree cannot be computed from these entries.", bundle.File));
            return;
        }

        known.Compared.Add(head.Size);
        var isHead = root.AsSpan().SequenceEqual(head.Root);
        if (!isHead)
        {
            var (from, to) = walk.Suspects(bundle.Header.To);
            _findings.Add(new Finding(
                "tree.root", $"The entries do not give the root of the signed checkpoint of {head.Size} entries: among entries {from} to {to - 1} at least one was changed, removed or added.", bundle.File, null, from));
        }
        else if (walk.FirstMismatch is { } other)
        {
            var (from, to) = walk.Suspects(bundle.Header.To);
            _findings.Add(new Finding("tree.fork", $"The signed checkpoint of {other.Size} entries ({other.Source}) has another root than these entries: the log was shown with two histories, which part between entries {from} and {to - 1}.", bundle.File, null, from));
        }
        else if (known.Add(new KnownRoot(head.Size, head.Root, bundle.File, false)) is { } fork) _findings.Add(fork);
    }

    /// <summary>A published checkpoint that is newer than what claims to be everything.</summary>
    private void Newest(KnownCheckpoints known, List<BundlePreamble> chain, long end)
    {
        if (chain.Count == 0 || end < 0) return;
        var newest = known.All.Where(k => k.IsOutside).MaxBy(k => k.Size);
        if (newest is null || newest.Size <= end) return;
        if (chain.Exists(b => b.Header.Kind == BundleKind.Full))
            _findings.Add(new Finding("log.truncated", $"The log had {newest.Size} entries by the signed checkpoint {newest.Source}; the newest ones, {end} to {newest.Size - 1}, are missing.", chain[^1].File, null, end));
        else _notes.Add($"The log had {newest.Size} entries by the checkpoint {newest.Source}; the bundle ends at entry {end - 1}, as its header says.");
    }
}
