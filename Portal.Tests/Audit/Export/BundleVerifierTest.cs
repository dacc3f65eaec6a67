using System.IO.Compression;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Hexabase.Portal.Audit.Tree;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Audit.Export;

/// <summary>Bundles that are as they were written verify; whatever was done to one is found, and where.</summary>
public sealed class BundleVerifierTest : IDisposable
{
    private static readonly AuditSigningKey Key = AuditSigningKey.Generate();
    private static readonly AuditSigningKey Stranger = AuditSigningKey.Generate();
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("portal-bundle-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task FullBundles_OfManySizesVerify()
    {
        foreach (var size in new[] { 0, 1, 2, 255, 256, 257, 511, 512, 700, 1500 })
        {
            var log = TestLog.Make(Key, size, checkpointEvery: 37);
            if (size == 0) log.Sign();
            var result = await VerifyAsync(await WriteAsync(log), log);
            result.IsValid.ShouldBeTrue($"{size}: {Text(result)}");
            result.Entries.ShouldBe(size);
        }
    }

    [Fact]
    public void AnyRangeAndSelection_Verifies() => Prop.ForAll(Gen.Choose(0, 900).Two().Select(t => new[] { t.Item1, t.Item2 }.Order().ToArray()).ToArbitrary(), cut =>
    {
        var log = TestLog.Make(Key, 900);
        var range = VerifyAsync(WriteAsync(log, cut[0], cut[1]).GetAwaiter().GetResult(), log).GetAwaiter().GetResult();
        var selection = Enumerable.Range(cut[0], cut[1] - cut[0]).Where(i => i % 7 == 0).Select(i => (long)i).ToList();
        var selected = VerifyAsync(WriteAsync(log, selection: selection).GetAwaiter().GetResult(), log).GetAwaiter().GetResult();
        return (range.IsValid && selected.IsValid && range.Entries == cut[1] - cut[0] && selected.Entries == selection.Count).Label(Text(range) + Text(selected));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(20));

    [Fact]
    public async Task GzipAndRemovedEntries_Verify()
    {
        var log = TestLog.Make(Key, 1000);
        var plain = await WriteAsync(log, removed: [(10, 256), (256, 512), (512, 520)]);
        var result = await VerifyAsync(plain, log);
        result.IsValid.ShouldBeTrue(Text(result));
        (result.Entries, result.Removed).ShouldBe((490, 510));
        result.Notes.ShouldContain(n => n.Contains("removed by retention"));
        var packed = plain + ".gz";
        await using (var source = File.OpenRead(plain))
        await using (var target = new GZipStream(File.Create(packed), CompressionLevel.Fastest))
            await source.CopyToAsync(target);
        (await VerifyAsync(packed, log)).IsValid.ShouldBeTrue();
        var bytes = await File.ReadAllBytesAsync(packed);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(packed, bytes);
        (await VerifyAsync(packed, log)).IsValid.ShouldBeFalse();
    }

    [Fact]
    public async Task RemovedEntries_NeedAReceiptThatCoversAndCountsThem()
    {
        var log = TestLog.Make(Key, 1000);
        (long, long)[] removed = [(10, 256), (256, 300), (310, 320)];
        // Classes overlap; a removal that reaches beyond the bundle counts more than is gone here.
        (await FoundAsync(log.Receipt(10, 320, 300, 1000))).ShouldBeEmpty();
        (await FoundAsync(log.Receipt(5, 200, 190, 400), log.Receipt(150, 330, 110, 500))).ShouldBeEmpty();
        (await FoundAsync(log.Receipt(10, 300, 290, 300), log.Receipt(305, 330, 10, 400))).ShouldBeEmpty();
        (await FoundAsync(log.Receipt(10, 320, 300, 1000), log.Receipt(900, 950, 3, 1000))).ShouldBe([("removal.receipt", 900)], "what a receipt counts is not gone");

        (await FoundAsync()).ShouldBe([("entry.missing", 10), ("entry.missing", 256), ("entry.missing", 310)]);
        (await FoundAsync(log.Receipt(10, 300, 290, 1000))).ShouldBe([("entry.missing", 310)]);
        (await FoundAsync(log.Receipt(20, 320, 290, 1000))).ShouldBe([("entry.missing", 10)]);
        (await FoundAsync(log.Receipt(10, 100, 90, 1000), log.Receipt(120, 320, 190, 1000))).ShouldBe([("entry.missing", 100)]);
        (await FoundAsync(log.Receipt(10, 320, 299, 1000))).ShouldBe([("removal.receipt", 10)]);
        (await FoundAsync(log.Receipt(10, 320, 301, 1000))).ShouldBe([("removal.receipt", 10)]);

        async Task<List<(string, long?)>> FoundAsync(params BundleReceipt[] receipts) =>
            [.. (await VerifyAsync(await WriteAsync(log, removed: removed, receipts: receipts), log)).Findings.Select(f => (f.Code, f.Index))];
    }

    [Fact]
    public async Task ReceiptThatNobodySigned_CoversNothing()
    {
        var log = TestLog.Make(Key, 400);
        var foreign = TestLog.Make(Stranger, 400);
        var fork = TestLog.Make(Key, 400, seed: 9);
        var good = log.Receipt(10, 60, 50, 400);
        foreach (var (bad, code) in new[]
        {
            (good with { Checkpoint = foreign.Checkpoints[400] }, "checkpoint.signature"), (good with { Checkpoint = "no note" }, "checkpoint.malformed"),
            (good with { Checkpoint = log.Checkpoints[400].Replace("\n400\n", "\n401\n", StringComparison.Ordinal) }, "checkpoint.signature"), (good with { Checkpoint = fork.Checkpoints[400] }, "tree.fork"),
            (good with { To = 10 }, "removal.receipt"), (good with { Entries = 0 }, "removal.receipt"), (good with { Entries = 51 }, "removal.receipt"), (good with { To = 401 }, "removal.receipt"),
        })
        {
            var codes = (await VerifyAsync(await WriteAsync(log, removed: [(10, 60)], receipts: [bad]), log)).Findings.Select(f => f.Code).ToList();
            codes.ShouldContain(code);
            codes.ShouldContain("entry.missing");
        }
    }

    [Fact]
    public async Task EntriesTurnedIntoARemoval_AreFound_WhateverTheReceiptsSay()
    {
        var log = TestLog.Make(Key, 600);
        var lines = await File.ReadAllLinesAsync(await WriteAsync(log, removed: [(10, 60)]));
        var hashes = string.Join(',', log.Leaves.Skip(100).Take(5).Select(l => $"\"{Convert.ToBase64String(l.Hash)}\""));
        var forged = $$"""{"type":"removed","from":100,"to":105,"hashes":[{{hashes}}]}""";
        void Remove(List<string> l)
        {
            var at = l.FindIndex(x => x.Contains("\"index\":100,", StringComparison.Ordinal));
            l.RemoveRange(at, 5);
            l.Insert(at, forged);
        }

        (await MutatedAsync(log, lines, Remove)).ShouldContain(f => f.Code == "entry.missing" && f.Index == 100);
        (await MutatedAsync(log, lines, l =>
        {
            Remove(l);
            var receipt = l.FindIndex(x => x.StartsWith("{\"type\":\"receipt\"", StringComparison.Ordinal));
            l[receipt] = l[receipt].Replace("\"to\":60", "\"to\":105", StringComparison.Ordinal).Replace("\"entries\":50", "\"entries\":55", StringComparison.Ordinal);
        })).ShouldContain(f => f.Code == "bundle.digest", "receipts stand under the bundle's signature");
        (await MutatedAsync(log, lines, l => l.RemoveAll(x => x.StartsWith("{\"type\":\"receipt\"", StringComparison.Ordinal)))).ShouldContain(f => f.Code == "entry.missing" && f.Index == 10);
    }

    [Fact]
    public async Task ChangedEntryInTheDatabase_IsNamed()
    {
        var log = TestLog.Make(Key, 1000);
        var changed = log.Leaves[333].Leaf.ToArray();
        Replace(changed, "success", "failure");
        log.Leaves[333] = log.Leaves[333] with { Leaf = changed };
        var result = await VerifyAsync(await WriteAsync(log), log);
        result.Findings.Single().ShouldSatisfyAllConditions(f => f.Code.ShouldBe("entry.changed"), f => f.Index.ShouldBe(333));
    }

    [Fact]
    public async Task ChangedEntryWithItsHashes_IsPinnedBetweenCheckpoints()
    {
        var log = TestLog.Make(Key, 1000);
        log.Leaves[333] = log.Entry(333, log.Tick(1), "rewritten");
        var result = await VerifyAsync(await WriteAsync(log), log);
        var root = result.Findings.Single(f => f.Code == "tree.root");
        root.Index.ShouldBe(300);
        root.Message.ShouldContain("300 to 399");
    }

    [Fact]
    public async Task LinesThatWereMoved_AreNamed()
    {
        var log = TestLog.Make(Key, 1000);
        var lines = await File.ReadAllLinesAsync(await WriteAsync(log));
        var first = Array.FindIndex(lines, l => l.StartsWith("{\"type\":\"entry\"", StringComparison.Ordinal));
        (await MutatedAsync(log, lines, l => l.RemoveAt(first + 5))).ShouldContain(f => f.Code == "entry.missing" && f.Index == 5);
        (await MutatedAsync(log, lines, l => l.Insert(first + 9, l[first + 3]))).ShouldContain(f => f.Code == "entry.order" && f.Index == 3);
        (await MutatedAsync(log, lines, l => (l[first + 3], l[first + 4]) = (l[first + 4], l[first + 3]))).ShouldContain(f => f.Code == "entry.order" && f.Index == 3);
        (await MutatedAsync(log, lines, l => (l[first + 3], l[first + 703]) = (l[first + 703], l[first + 3]))).ShouldContain(f => f.Code == "entry.order" && f.Index == 3);
        (await MutatedAsync(log, lines, l => l.RemoveRange(first + 100, 600))).ShouldContain(f => f.Code == "entry.missing" && f.Message.Contains("100 to", StringComparison.Ordinal));
        (await MutatedAsync(log, lines, l => l.RemoveRange(first + 900, l.Count - first - 900))).ShouldContain(f => f.Code == "bundle.truncated");
        (await MutatedAsync(log, lines, l => l.RemoveRange(first + 990, 10))).ShouldContain(f => f.Code == "entry.missing");
        (await MutatedAsync(log, lines, l => l.Insert(l.Count, "{}"))).ShouldContain(f => f.Code == "bundle.truncated");
    }

    [Fact]
    public async Task OlderBundle_IsTruncatedBesideANewerCheckpoint()
    {
        var log = TestLog.Make(Key, 500);
        var old = await WriteAsync(log, headSize: 400);
        (await VerifyAsync(old, log, checkpoints: [])).IsValid.ShouldBeTrue();
        var result = await VerifyAsync(old, log);
        result.Findings.Single().ShouldSatisfyAllConditions(f => f.Code.ShouldBe("log.truncated"), f => f.Index.ShouldBe(400));
    }

    [Fact]
    public async Task SecondHistory_IsAFork()
    {
        var log = TestLog.Make(Key, 500);
        var other = TestLog.Make(Key, 0);
        foreach (var leaf in log.Leaves.Take(250)) other.Add(leaf);
        other.Grow(300);
        var result = await VerifyAsync(await WriteAsync(other), log);
        result.Findings.ShouldContain(f => f.Code == "tree.fork");
    }

    [Fact]
    public async Task ForeignKey_IsFoundWhereKeysArePinned_AndSaidWhereNot()
    {
        var log = TestLog.Make(Stranger, 300);
        var file = await WriteAsync(log);
        var alone = await BundleVerifier.VerifyAsync(new VerificationRequest([file], [], []), null, default);
        alone.IsValid.ShouldBeTrue(Text(alone));
        alone.Notes.ShouldContain(n => n.Contains("--key"));
        var pinned = await BundleVerifier.VerifyAsync(new VerificationRequest([file], [], [Pem]), null, default);
        pinned.Findings.ShouldContain(f => f.Code == "checkpoint.signature");
        pinned.Findings.ShouldContain(f => f.Code == "bundle.statement");
    }

    [Fact]
    public async Task ClockThatRunsBackwards_IsNamed()
    {
        var log = TestLog.Make(Key, 300);
        log.Tick(-TimeSpan.TicksPerHour);
        log.Grow(50);
        var result = await VerifyAsync(await WriteAsync(log), log);
        result.Findings.Single().ShouldSatisfyAllConditions(f => f.Code.ShouldBe("clock.backwards"), f => f.Index.ShouldBe(300));
    }

    [Fact]
    public async Task WrongOpening_IsNamed()
    {
        var log = TestLog.Make(Key, 30);
        log.Leaves[7] = log.Leaves[7] with { Actor = new BundleOpening(new byte[32], "{\"actor_name\":\"somebody else\"}"u8.ToArray()) };
        (await VerifyAsync(await WriteAsync(log), log)).Findings.Single().Code.ShouldBe("entry.opening");
        log.Leaves[7] = log.Leaves[7] with { Actor = null };
        (await VerifyAsync(await WriteAsync(log), log)).IsValid.ShouldBeTrue();
    }

    [Fact]
    public async Task BundlesInADirectory_FollowEachOther()
    {
        var log = TestLog.Make(Key, 1000);
        await WriteAsync(log, 0, 300, name: "a.jsonl");
        var middle = await WriteAsync(log, 300, 700, name: "b.jsonl");
        await WriteAsync(log, 700, 1000, name: "c.jsonl");
        await File.WriteAllTextAsync(Path.Combine(_directory.FullName, "2026-11-20.checkpoints"), string.Concat(log.Checkpoints.Values.Select(n => n + "\n")));
        var request = VerificationInput.Collect(_directory.FullName, [], []);
        (request.Bundles.Count, request.Checkpoints.Count).ShouldBe((3, 10));
        var result = await BundleVerifier.VerifyAsync(request, null, default);
        result.IsValid.ShouldBeTrue(Text(result));
        result.CheckpointsCompared.ShouldBe(10);
        File.Delete(middle);
        (await BundleVerifier.VerifyAsync(VerificationInput.Collect(_directory.FullName, [], []), null, default)).Findings.ShouldContain(f => f.Code == "entry.missing" && f.Index == 300);
    }

    [Fact]
    public async Task WhatIsNoBundle_IsUnusable()
    {
        var file = Path.Combine(_directory.FullName, "x");
        foreach (var text in new[] { "", "hello\n", "\0\0\0", "[1,2]\n" })
        {
            await File.WriteAllTextAsync(file, text);
            await Should.ThrowAsync<UnusableInputException>(() => BundleVerifier.VerifyAsync(new VerificationRequest([file], [], []), null, default));
        }

        Should.Throw<UnusableInputException>(() => VerificationInput.Collect(file + "missing", [], []));
        Should.Throw<UnusableInputException>(() => VerificationInput.Collect(file, [], [file]));
    }

    [Fact]
    public async Task AnyChangedByte_IsFound()
    {
        var log = TestLog.Make(Key, 40, checkpointEvery: 15);
        var file = await WriteAsync(log);
        var good = await File.ReadAllBytesAsync(file);
        var random = new Random(7);
        for (var i = 0; i < 1000; i++)
        {
            var bad = good.ToArray();
            bad[random.Next(bad.Length)] ^= (byte)(1 << random.Next(8));
            await File.WriteAllBytesAsync(file, bad);
            try
            {
                (await VerifyAsync(file, log)).IsValid.ShouldBeFalse();
            }
            catch (UnusableInputException)
            {
                // Not even a bundle any more.
            }
        }
    }

    private static string Pem => AuditVerifierKey.FromPublicKey("k", Key.PublicKey).PublicKeyPem;

    private static string Text(VerificationResult result) => string.Join('\n', result.Findings.Select(f => $"{f.Line} {f.Code} {f.Message}"));

    private static void Replace(byte[] bytes, string old, string with) => Encoding.UTF8.GetBytes(with).CopyTo(bytes.AsSpan(bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(old))));

    private static Task<VerificationResult> VerifyAsync(string file, TestLog log, IReadOnlyList<(string, string)>? checkpoints = null) =>
        BundleVerifier.VerifyAsync(new VerificationRequest([file], checkpoints ?? [.. log.Checkpoints.Select(c => ($"checkpoint {c.Key}", c.Value))], [Pem]), null, default);

    private async Task<IReadOnlyList<Finding>> MutatedAsync(TestLog log, string[] lines, Action<List<string>> change)
    {
        var changed = lines.ToList();
        change(changed);
        var file = Path.Combine(_directory.FullName, "mutated.jsonl");
        await File.WriteAllTextAsync(file, string.Concat(changed.Select(l => l + "\n")));
        return (await VerifyAsync(file, log)).Findings;
    }

    private async Task<string> WriteAsync(TestLog log, long from = 0, long? to = null, long? headSize = null, IReadOnlyList<long>? selection = null, IReadOnlyList<(long, long)>? removed = null, IReadOnlyList<BundleReceipt>? receipts = null, string name = "bundle.jsonl")
    {
        var file = Path.Combine(_directory.FullName, name);
        await using var stream = File.Create(file);
        await log.WriteAsync(stream, from, to, headSize, selection: selection, removed: removed, receipts: receipts);
        return file;
    }
}
