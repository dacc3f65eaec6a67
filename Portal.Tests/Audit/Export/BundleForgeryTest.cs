using System.IO.Compression;
using System.Text;
using Hexabase.Portal.Audit.Tree;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Audit.Export;

/// <summary>Bundles, checkpoints and keys that somebody made or changed to deceive: none of them is called valid, and none ends the verifier.</summary>
public sealed class BundleForgeryTest : IDisposable
{
    private static readonly AuditSigningKey Key = AuditSigningKey.Generate();
    private static readonly AuditSigningKey Stranger = AuditSigningKey.Generate();
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("portal-forgery-");

    public void Dispose() => _directory.Delete(recursive: true);

    /// <summary>Kind of line (its type), what is replaced in it, and by what; the digest and the signature are left as they were.</summary>
    public static TheoryData<string, string, string> Edits => new()
    {
        { "header", "{\"type\":\"header\"", "\uFEFF{\"type\":\"header\"" },
        { "header", "\"kind\":\"full\"", "\"kind\":\"selection\"" },
        { "header", "\"kind\":\"full\"", "\"kind\":\"FULL\"" },
        { "header", "\"kind\":\"full\"", "\"kind\":\"range\"" },
        { "header", "\"version\":1", "\"version\":2" },
        { "header", "\"version\":1", "\"version\":1.0" },
        { "header", "\"version\":1", "\"version\":1,\"version\":1" },
        { "header", "\"from\":0", "\"from\":-1" },
        { "header", "\"from\":0", "\"from\":1" },
        { "header", "\"from\":0", "\"from\":0,\"from\":9223372036854775807" },
        { "header", "\"to\":600", "\"to\":599" },
        { "header", "\"to\":600", "\"to\":9223372036854775807" },
        { "header", "\"to\":600", "\"to\":1e2" },
        { "header", "\"log_id\":\"0199aaaa-bbbb-7ccc-8ddd-000000000001\"", "\"log_id\":\"0199aaaa-bbbb-7ccc-8ddd-000000000009\"" },
        { "header", "\"log_id\":\"0199aaaa-bbbb-7ccc-8ddd-000000000001\"", "\"log_id\":\"0199AAAA-BBBB-7CCC-8DDD-000000000001\"" },
        { "header", "\"tenant_id\":\"0199aaaa-bbbb-7ccc-8ddd-000000000002\"", "\"tenant_id\":\"0199aaaa-bbbb-7ccc-8ddd-000000000003\"" },
        { "header", "\"tenant_id\":\"0199aaaa-bbbb-7ccc-8ddd-000000000002\"", "\"tenant_id\":null" },
        { "header", "\"bundle_id\":\"", "\"bundle_id\":\"{" },
        { "header", "\"exported_at\":\"2", "\"exported_at\":\"1" },
        { "header", "}", ",\"note\":\"added\"}" },
        { "header", "}", "}\r" },
        { "header", "}", "}\n{\"type\":\"header\"}" },
        { "header", "\"format\":\"hexabase-audit-bundle\"", "\"format\":\"hexabase-audit-bundle\\u0000\"" },
        { "key", "\"algorithm\":\"ecdsa-p256-sha256\"", "\"algorithm\":\"none\"" },
        { "key", "BEGIN PUBLIC KEY", "BEGIN CERTIFICATE" },
        { "key", "\"name\":\"hexabase", "\"name\":\"evil" },
        { "key", "{", "{\"extra\":1," },
        { "checkpoint", "\\n600\\n", "\\n599\\n" },
        { "checkpoint", "\\n600\\n", "\\n0600\\n" },
        { "checkpoint", "\\n600\\n", "\\n+600\\n" },
        { "checkpoint", "\\n600\\n", "\\n6e2\\n" },
        { "checkpoint", "\"note\":\"hexabase.portal/audit/0199aaaa-bbbb-7ccc-8ddd-000000000001", "\"note\":\"hexabase.portal/audit/0199aaaa-bbbb-7ccc-8ddd-000000000009" },
        { "checkpoint", "=\\n\\n", "=\\nextension\\n\\n" },
        { "checkpoint", "=\\n\\n", "=\\n\\n\\n" },
        { "checkpoint", "\\n\\n", "\\n\\n\u2014 unknown.example AAAAAAAAAAAA\\n" },
        { "checkpoint", "\u2014 hexabase", "- hexabase" },
        { "checkpoint", "\u2014 hexabase.portal", "\u2014 evil.portal" },
        { "edges", "\"left\":[]", "\"left\":[\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"]" },
        { "edges", "\"right\":[]", "\"right\":[null]" },
        { "edges", "}", "}\n{\"type\":\"edges\",\"left\":[],\"right\":[]}" },
        { "entry", "\"status\":\"success\"", "\"status\":\"failure\"" },
        { "entry", "\"leaf\":{", "\"leaf\":{ " },
        { "entry", "\"leaf\":{", "\"leaf\":{}, \"leaf\":{" },
        { "entry", "\"leaf\":{", "\"extra\":{\"actor_name\":\"somebody else\"},\"leaf\":{" },
        { "entry", "\"hash\":\"", "\"hash\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\",\"hash\":\"" },
        { "entry", "\"v\":1", "\"v\":1,\"v\":1" },
        { "entry", "\"v\":1", "\"v\":2" },
        { "entry", "\"open\":{", "\"open\":{}, \"open\":{" },
        { "entry", "\"value\":{", "\"bytes\":\"\",\"value\":{" },
        { "entry", "\"value\":{", "\"value\":{ " },
        { "entry", "\"salt\":\"", "\"pepper\":\"x\",\"salt\":\"" },
        { "entry", "\"index\":0,", "\"index\":00," },
        { "entry", "\"index\":0,", "\"index\":-0," },
        { "entry", "\"index\":0,", "\"index\":0.0," },
        { "entry", "\"index\":0,", "\"index\":\"0\"," },
        { "entry", "\"index\":0,", "\"index\":18446744073709551616," },
        { "entry", "\"index\":0,", "\"index\":9223372036854775807," },
        { "entry", "\"index\":0,", "\"index\":1," },
        { "entry", "{\"type\":\"entry\"", " {\"type\":\"entry\"" },
        { "entry", "{\"type\":\"entry\"", "{\"Type\":\"entry\"" },
        { "entry", "{\"type\":\"entry\"", "\0{\"type\":\"entry\"" },
        { "entry", "{\"type\":\"entry\"", "{\"type\":\"removed\",\"from\":0,\"to\":0,\"hashes\":[]}\n{\"type\":\"entry\"" },
        { "entry", "{\"type\":\"entry\"", "\n{\"type\":\"entry\"" },
        { "entry", "{\"type\":\"entry\"", "[]\n{\"type\":\"entry\"" },
        { "tile", "\"index\":0", "\"index\":1" },
        { "tile", "\"index\":0", "\"index\":-1" },
        { "tile", "\"index\":0", "\"index\":36028797018963967" },
        { "tile", "\"root\":\"", "\"root\":\"A" },
        { "tile", "}", "}\n{\"type\":\"tile\",\"index\":0,\"root\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"}" },
        { "end", "\"entries\":600", "\"entries\":599" },
        { "end", "\"entries\":600", "\"entries\":600.0" },
        { "end", "\"removed\":0", "\"removed\":1" },
        { "end", "\"removed\":0", "\"removed\":0,\"removed\":0" },
        { "end", "{\"type\":\"end\"", "{ \"type\":\"end\"" },
        { "end", "\"statement\":\"hexabase.portal/audit-export/", "\"statement\":\"hexabase.portal/audit/" },
        { "end", "}", "} " },
        { "end", "}", "}\r" },
        { "end", "}", "}\n" },
        { "end", "}", "}\n{\"type\":\"entry\"}" },
        { "end", "}", "}\n\0" },
    };

    [Theory]
    [MemberData(nameof(Edits))]
    public async Task EditedLine_IsFound(string type, string old, string with)
    {
        var log = TestLog.Make(Key, 600);
        var lines = await File.ReadAllLinesAsync(await WriteAsync(log));
        var at = type == "checkpoint" ? Array.FindLastIndex(lines, Is) : Array.FindIndex(lines, Is);
        lines[at].ShouldContain(old, Case.Sensitive);
        var position = old == "}" ? lines[at].Length - 1 : lines[at].IndexOf(old, StringComparison.Ordinal);
        lines[at] = lines[at][..position] + with + lines[at][(position + old.Length)..];
        await ShouldBeRefusedAsync(Write("edited.jsonl", string.Concat(lines.Select(l => l + "\n"))), log);

        bool Is(string line) => line.StartsWith($"{{\"type\":\"{type}\"", StringComparison.Ordinal);
    }

    /// <summary>Leaves that a hand in the database made, hashed and signed by the log's own key.</summary>
    [Theory]
    [InlineData("\"tenant_id\":\"0199aaaa-bbbb-7ccc-8ddd-000000000002\"", "\"tenant_id\":\"0199aaaa-bbbb-7ccc-8ddd-000000000007\"", "entry.foreign")]
    [InlineData("\"tenant_id\":\"0199aaaa-bbbb-7ccc-8ddd-000000000002\"", "\"tenant_id\":\"00000000-0000-0000-0000-000000000000\"", "entry.foreign")]
    [InlineData("\"log_id\":\"0199aaaa-bbbb-7ccc-8ddd-000000000001\"", "\"log_id\":\"0199aaaa-bbbb-7ccc-8ddd-000000000007\"", "entry.foreign")]
    [InlineData("\"v\":1", "\"v\":2", "entry.foreign")]
    [InlineData("\"index\":7,", "\"index\":6,", "entry.order")]
    [InlineData("\"index\":7,", "\"index\":8,", "entry.missing")]
    [InlineData("\"index\":7,", "\"index\":7000,", "entry.order")]
    [InlineData("\"action\":", "\"Action\":\"x\",\"action\":", null)]
    [InlineData("\"action\":", "\"zaction\":\"x\",\"action\":", "entry.notCanonical")]
    [InlineData("\"action\":", "\"action\":\"x\",\"action\":", "entry.notCanonical")]
    [InlineData("\"sequenced_at\":\"2026", "\"sequenced_at\":\"2025", "clock.backwards")]
    [InlineData("\"sequenced_at\":\"2026", "\"sequenced_at\":\"2027", "clock.backwards")]
    [InlineData("\"sequenced_at\":\"2026", "\"sequenced_at\":\"+026", "entry.malformed")]
    public async Task LeafThatTheKeySigned_StillMustBeOfThisLog(string old, string with, string? code)
    {
        var log = TestLog.Make(Key, 7);
        var leaf = Encoding.UTF8.GetString(log.Entry(7, log.Tick()).Leaf);
        leaf.ShouldContain(old, Case.Sensitive);
        var at = leaf.IndexOf(old, StringComparison.Ordinal);
        var bytes = Encoding.UTF8.GetBytes(leaf[..at] + with + leaf[(at + old.Length)..]);
        log.Add(new TestLeaf(bytes, MerkleTree.LeafHash(bytes)));
        log.Grow(5);
        var result = await VerifyAsync(await WriteAsync(log), log);
        if (code is null) result.IsValid.ShouldBeTrue(Text(result));
        else if (code == "entry.notCanonical") result.IsValid.ShouldBeFalse();
        else result.Findings.ShouldContain(f => f.Code == code, Text(result));
    }

    [Fact]
    public async Task BundleSignedAnewByAStranger_IsRefused_WhateverKeysItBrings()
    {
        var (log, evil) = (TestLog.Make(Key, 300), TestLog.Make(Stranger, 300));
        var real = await File.ReadAllLinesAsync(await WriteAsync(log));
        var forged = (await File.ReadAllLinesAsync(await WriteAsync(evil, "evil.jsonl"))).ToList();
        await ShouldBeRefusedAsync(Write("a.jsonl", Joined(forged)), log);
        forged.Insert(2, real[1]);
        await ShouldBeRefusedAsync(Write("b.jsonl", Joined(forged)), log);
        // The real checkpoints around foreign entries, and the real closing line under foreign ones.
        await ShouldBeRefusedAsync(Write("c.jsonl", Joined([real[0], .. real.Where(IsHead), .. forged.Where(l => !IsHead(l)).Skip(1)])), log);
        await ShouldBeRefusedAsync(Write("d.jsonl", Joined([.. forged.Take(forged.Count - 1), real[^1]])), log);

        static bool IsHead(string line) => line.StartsWith("{\"type\":\"key\"", StringComparison.Ordinal) || line.StartsWith("{\"type\":\"checkpoint\"", StringComparison.Ordinal);
    }

    [Fact]
    public async Task RotatedKey_Counts_WhileItIsPinned()
    {
        var log = TestLog.Make(Stranger, 300);
        var file = await WriteAsync(log);
        (await VerifyAsync(file, log, [Pem(Key), Pem(Stranger)])).IsValid.ShouldBeTrue();
        (await VerifyAsync(file, log, [Pem(Key)])).IsValid.ShouldBeFalse();
    }

    [Fact]
    public async Task CheckpointsFromElsewhere_AreRefusedWhereTheyAreForged_AndReadWhereOthersSignedToo()
    {
        var log = TestLog.Make(Key, 300);
        var file = await WriteAsync(log);
        var head = log.Checkpoints[300];
        var signature = head[(head.IndexOf("\n\n", StringComparison.Ordinal) + 2)..];
        var evil = new AuditSigner(log.Signer.Name, Stranger);
        var text = new Checkpoint(log.Signer.Name, 300, SignedNote.Parse(head) is { } n ? Checkpoint.Parse(n).Root : []).ToText();
        foreach (var (note, isValid) in new[]
        {
            (head, true), (head.Replace("\n\n", "\n\n\u2014 witness.example AAAAAAAAAAAA\n", StringComparison.Ordinal), true), (head + signature, true), (head + signature.Replace("\u2014 ", "\u2014 x", StringComparison.Ordinal), true),
            (new Checkpoint(log.Signer.Name, 300, new byte[32]).Sign([evil]), false), (SignedNote.Sign(text, [evil]).ToString(), false), (head.Replace("\n300\n", "\n301\n", StringComparison.Ordinal), false),
            (text + "\n" + signature.Replace("\u2014 " + log.Signer.Name, "\u2014 " + log.Signer.Name + "x", StringComparison.Ordinal), false), (text + "extension\n\n" + signature, false), (text + "\n", false), (text, false),
            (new Checkpoint(log.Signer.Name, 300, new byte[32]).Sign([log.Signer]), false), (new Checkpoint(log.Signer.Name, 301, new byte[32]).Sign([log.Signer]), false), (new Checkpoint(log.Signer.Name, 0, MerkleTree.EmptyRoot).Sign([log.Signer]), true),
        })
        {
            var result = await BundleVerifier.VerifyAsync(new VerificationRequest([file], [("elsewhere", note)], [Pem(Key)]), null, default);
            result.IsValid.ShouldBe(isValid, $"{note}\n{Text(result)}");
        }
    }

    [Fact]
    public async Task CompressedFile_CutOffOrLongerThanItsContent_IsRefused()
    {
        var log = TestLog.Make(Key, 300);
        var packed = Pack(await File.ReadAllBytesAsync(await WriteAsync(log)));
        await File.WriteAllBytesAsync(Path("good.jsonl.gz"), packed);
        (await VerifyAsync(Path("good.jsonl.gz"), log)).IsValid.ShouldBeTrue();
        foreach (var cut in new[] { packed.Length - 1, packed.Length - 4, packed.Length - 8, packed.Length - 9, packed.Length / 2, 30, 11, 10, 3, 2 })
            await ShouldBeRefusedAsync(WriteBytes($"cut{cut}.jsonl.gz", packed[..cut]), log, cut.ToString(System.Globalization.CultureInfo.InvariantCulture));
        await ShouldBeRefusedAsync(WriteBytes("crc.jsonl.gz", [.. packed[..^8], 1, 2, 3, 4, .. packed[^4..]]), log, "crc");
        await ShouldBeRefusedAsync(WriteBytes("two.jsonl.gz", [.. packed, .. Pack("{\"type\":\"entry\"}\n"u8.ToArray())]), log, "two");
        await ShouldBeRefusedAsync(WriteBytes("twice.jsonl.gz", [.. packed, .. packed]), log, "twice");
        await ShouldBeRefusedAsync(WriteBytes("tail.jsonl.gz", [.. packed, .. "{\"type\":\"entry\"}\n"u8]), log, "tail");
        await ShouldBeRefusedAsync(WriteBytes("zeros.jsonl.gz", [.. packed, .. new byte[20_000]]), log, "zeros");
        await ShouldBeRefusedAsync(WriteBytes("bomb.jsonl.gz", Pack([.. "{\"type\":\"header\",\"format\":\"hexabase-audit-bundle\""u8, .. new byte[100_000_000]])), log, "bomb");
        await ShouldBeRefusedAsync(WriteBytes("inner.jsonl.gz", Pack(packed)), log, "packed twice");
    }

    /// <summary>A list of no keys must not mean to believe the keys that the bundle brings.</summary>
    [Fact]
    public void FilesOfCheckpointsAndKeys_ThatAreEmptyOrOdd_EndInWords()
    {
        foreach (var text in new[] { "", "\n", "\n\n", "\n\n\n\n", "a\n\n\n\n", "\r\n\r\n", "\0\0", "hexabase.portal/audit/\n\n\n" }) VerificationInput.Notes(Write("x.checkpoints", text)).ToList().ShouldNotBeNull();
        var bundle = Write("b.jsonl", "{\"type\":\"header\"}\n");
        foreach (var key in new[] { "", "{}", "{\"keys\":[]}", "{\"keys\":[{}]}", "{\"keys\":{}}", "{\"keys\":[null]}", "{\"keys\":[{\"publicKeyPem\":null}]}", "{\"keys\":[\"x\"]}", "{", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n" })
            Should.Throw<UnusableInputException>(() => VerificationInput.Collect(bundle, [], [Write("x.key", key)]), key);
    }

    [Fact]
    public void KeyFileOfAnotherCurve_IsNoKey()
    {
        using var p384 = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP384);
        using var rsa = System.Security.Cryptography.RSA.Create(2048);
        foreach (var pem in new[] { p384.ExportSubjectPublicKeyInfoPem(), rsa.ExportSubjectPublicKeyInfoPem() })
            Should.Throw<UnusableInputException>(() => VerificationInput.Collect(Write("b.jsonl", "{\"type\":\"header\"}\n"), [], [Write("x.pem", pem)]));
    }

    [Fact]
    public async Task DirectoryWithLinksAndStrayFiles_IsReadOnce()
    {
        var log = TestLog.Make(Key, 300);
        await WriteAsync(log, "a.jsonl");
        Directory.CreateSymbolicLink(Path("around"), _directory.FullName);
        Write("README.md", "not a bundle");
        Write(".hidden", "\0\0");
        Write("notes.checkpoint", "no note at all");
        var request = VerificationInput.Collect(_directory.FullName, [], []);
        request.Bundles.Count.ShouldBe(1);
        var result = await BundleVerifier.VerifyAsync(request with { PinnedKeys = [Pem(Key)] }, null, default);
        result.IsValid.ShouldBeTrue(Text(result));
        result.Notes.ShouldContain(n => n.Contains("another log", StringComparison.Ordinal));
    }

    [Fact]
    public void ControlCharactersOfAForgedFile_ReachNoTerminal() => Cli.VerifyAuditVerb.Plain("a\u001b[2J\rVALID\n\u009b\u202Eb").ShouldBe("a\uFFFD[2J\uFFFDVALID\uFFFD\uFFFD\uFFFDb");

    private static string Joined(IEnumerable<string> lines) => string.Concat(lines.Select(l => l + "\n"));

    private static byte[] Pack(byte[] bytes)
    {
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.Fastest)) gzip.Write(bytes);
        return target.ToArray();
    }

    private static string Pem(AuditSigningKey key) => AuditVerifierKey.FromPublicKey("k", key.PublicKey).PublicKeyPem;

    private static string Text(VerificationResult result) => string.Join('\n', result.Findings.Select(f => $"{f.Line} {f.Code} {f.Message}"));

    private static Task<VerificationResult> VerifyAsync(string file, TestLog log, IReadOnlyList<string>? keys = null) =>
        BundleVerifier.VerifyAsync(new VerificationRequest([file], [.. log.Checkpoints.Select(c => ($"checkpoint {c.Key}", c.Value))], keys ?? [Pem(Key)]), null, default);

    private static async Task ShouldBeRefusedAsync(string file, TestLog log, string? what = null)
    {
        try
        {
            var result = await VerifyAsync(file, log);
            result.IsValid.ShouldBeFalse(what ?? file);
            result.Findings.ShouldAllBe(f => f.Message.Length > 0);
        }
        catch (UnusableInputException e)
        {
            e.Message.ShouldNotBeEmpty();
        }
    }

    private string Path(string name) => System.IO.Path.Combine(_directory.FullName, name);

    private string Write(string name, string text) => WriteBytes(name, Encoding.UTF8.GetBytes(text));

    private string WriteBytes(string name, byte[] bytes)
    {
        File.WriteAllBytes(Path(name), bytes);
        return Path(name);
    }

    private async Task<string> WriteAsync(TestLog log, string name = "bundle.jsonl")
    {
        await using var stream = File.Create(Path(name));
        await log.WriteAsync(stream);
        return Path(name);
    }
}
