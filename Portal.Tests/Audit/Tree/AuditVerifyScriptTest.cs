using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hexabase.Portal.Audit.Export;
using Hexabase.Portal.Support;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Audit.Tree;

/// <summary>The page's own check (wwwroot/js/audit-verify.js) in Node, beside what the portal proves and signs.</summary>
public sealed class AuditVerifyScriptTest
{
    [Fact]
    public async Task EveryProofIsAccepted_AndNoChangedOne()
    {
        using var key = AuditSigningKey.Generate();
        using var stranger = AuditSigningKey.Generate();
        var good = new List<JsonObject>();
        var bad = new List<JsonObject>();
        foreach (var size in new[] { 1, 2, 3, 7, 8, 9, 300 })
        {
            var log = TestLog.Make(key, size);
            foreach (var index in new[] { 0, size / 2, size - 1 }.Distinct()) good.Add(await CaseAsync(log, index, key));
        }

        var other = good[^1];
        bad.Add(With(other, "index", 1));
        bad.Add(With(other, "leaf", good[^2]["leaf"]?.DeepClone()));
        bad.Add(With(other, "leaf", Convert.ToBase64String("{\"index\":\"x\"}"u8)));
        bad.Add(With(other, "path", new JsonArray()));
        bad.Add(With(other, "path", new JsonArray([.. (other["path"] as JsonArray ?? []).Reverse().Select(n => n?.DeepClone())])));
        bad.Add(With(other, "checkpoint", other["checkpoint"]?.GetValue<string>().Replace("\n300\n", "\n301\n", StringComparison.Ordinal)));
        bad.Add(With(other, "checkpoint", "nothing"));
        bad.Add(With(other, "keys", new JsonArray()));
        bad.Add(With(other, "keys", Keys(other, stranger)));
        bad.Add(new JsonObject());
        var results = await RunAsync([.. good, .. bad]);
        for (var i = 0; i < good.Count; i++) results[i].GetProperty("valid").GetBoolean().ShouldBeTrue(results[i].ToString());
        for (var i = good.Count; i < results.Count; i++) results[i].GetProperty("valid").GetBoolean().ShouldBeFalse($"{i - good.Count}: {results[i]}");
        results[0].GetProperty("steps").EnumerateArray().Select(s => s.GetProperty("name").GetString()).ShouldBe(["leaf", "leafHash", "path", "root", "signature"]);
    }

    [Fact]
    public async Task LogThatGrew_ContinuesWhatIsRemembered_WhateverTheSizes()
    {
        using var key = AuditSigningKey.Generate();
        var log = TestLog.Make(key, 70, checkpointEvery: 1);
        var cases = new List<JsonObject> { await LogCaseAsync(log, key, null, 5) };
        foreach (var (from, to) in new[] { (1, 1), (1, 2), (1, 70), (2, 3), (3, 7), (4, 7), (6, 8), (7, 8), (8, 8), (8, 9), (32, 64), (33, 64), (63, 70), (64, 70), (69, 70) }) cases.Add(await LogCaseAsync(log, key, from, to));
        var results = await RunAsync(cases);
        results.Select(r => r.GetProperty("outcome").GetString()).ShouldBe(cases.Select((c, i) => i == 0 ? "first" : results[i].GetProperty("from").GetString() == results[i].GetProperty("to").GetString() ? "same" : "grown"));
        results.ShouldAllBe(r => r.GetProperty("keep").ValueKind == JsonValueKind.Object && !r.GetProperty("newKey").GetBoolean());
        results[^1].GetProperty("steps").EnumerateArray().Select(s => s.GetProperty("name").GetString()).ShouldBe(["signature", "remembered", "log", "size", "consistency"]);
    }

    [Fact]
    public async Task LogThatDoesNotContinue_IsNeverTakenForOneThatDoes()
    {
        using var key = AuditSigningKey.Generate();
        using var stranger = AuditSigningKey.Generate();
        var log = TestLog.Make(key, 70, checkpointEvery: 1);
        var fork = TestLog.Make(key, 70, seed: 2, checkpointEvery: 1);
        var grown = await LogCaseAsync(log, key, 33, 70);
        var same = await LogCaseAsync(log, key, 70, 70);
        var bad = new List<(JsonObject Case, string Step)>
        {
            // Another history under the same key; one of the same size; a shorter one.
            (Changed(grown, "checkpoint", fork.Checkpoints[70]), "consistency"), (Changed(same, "checkpoint", fork.Checkpoints[70]), "consistency"),
            (Changed(await LogCaseAsync(log, key, 33, 33), "checkpoint", log.Checkpoints[20]), "size"),
            (Changed(grown, "path", new JsonArray()), "consistency"), (Changed(grown, "path", new JsonArray("AAAA")), "consistency"),
            (Changed(same, "path", new JsonArray(Convert.ToBase64String(new byte[32]))), "consistency"),
            (Changed(grown, "keys", Keys(grown["input"]!.AsObject(), stranger)), "signature"), (Changed(grown, "checkpoint", log.Checkpoints[70].Replace("\n70\n", "\n71\n", StringComparison.Ordinal)), "signature"),
        };
        var path = grown["input"]!["path"]!.AsArray();
        for (var i = 0; i < path.Count; i++)
        {
            var other = path.DeepClone().AsArray();
            other[i] = Convert.ToBase64String(new byte[32]);
            bad.Add((Changed(grown, "path", other), "consistency"));
            other = path.DeepClone().AsArray();
            other.RemoveAt(i);
            bad.Add((Changed(grown, "path", other), "consistency"));
        }

        var forged = grown.DeepClone().AsObject();
        forged["remembered"]!["note"] = fork.Checkpoints[33].Replace("\n33\n", "\n34\n", StringComparison.Ordinal);
        bad.Add((forged, "remembered"));
        var results = await RunAsync([.. bad.Select(b => b.Case)]);
        for (var i = 0; i < bad.Count; i++)
        {
            results[i].GetProperty("outcome").GetString().ShouldBe("failed", $"{i}: {results[i]}");
            results[i].GetProperty("keep").ValueKind.ShouldBe(JsonValueKind.Null);
            var last = results[i].GetProperty("steps").EnumerateArray().Last();
            (last.GetProperty("name").GetString(), last.GetProperty("ok").GetBoolean()).ShouldBe((bad[i].Step, false), $"{i}: {results[i]}");
        }
    }

    [Fact]
    public async Task NewKey_IsSaid_AndTheOldHistoryStillHasToHold()
    {
        using var old = AuditSigningKey.Generate();
        using var next = AuditSigningKey.Generate();
        var log = TestLog.Make(next, 50, checkpointEvery: 1);
        var rotated = await LogCaseAsync(log, next, 40, 50);
        var then = Checkpoint.Parse(SignedNote.Parse(log.Checkpoints[40]));
        rotated["remembered"]!["note"] = then.Sign([new AuditSigner(log.Signer.Name, old)]);
        rotated["remembered"]!["keys"] = Keys(rotated["input"]!.AsObject(), old);
        var result = (await RunAsync([rotated])).ShouldHaveSingleItem();
        (result.GetProperty("outcome").GetString(), result.GetProperty("newKey").GetBoolean()).ShouldBe(("grown", true), result.ToString());
    }

    private static async Task<JsonObject> LogCaseAsync(TestLog log, AuditSigningKey key, int? from, int to)
    {
        var tree = new MemoryTree(0);
        foreach (var leaf in log.Leaves) tree.Add(leaf.Hash);
        var input = new JsonObject { ["checkpoint"] = log.Checkpoints[to] };
        input["keys"] = Keys(input, key);
        if (from is not { } before) return new JsonObject { ["input"] = input };
        var path = await new TreeProofs(tree, log.Size).ConsistencyAsync(before, to, default);
        input["path"] = new JsonArray([.. path.Select(p => JsonValue.Create(Convert.ToBase64String(p)))]);
        return new JsonObject { ["input"] = input, ["remembered"] = new JsonObject { ["note"] = log.Checkpoints[before], ["keys"] = Keys(input, key), ["at"] = "2026-11-20T08:00:00.000Z" } };
    }

    private static JsonObject Changed(JsonObject each, string name, JsonNode? value)
    {
        var changed = each.DeepClone().AsObject();
        changed["input"]![name] = value;
        return changed;
    }

    private static async Task<JsonObject> CaseAsync(TestLog log, int index, AuditSigningKey key)
    {
        var tree = new MemoryTree(0);
        foreach (var leaf in log.Leaves) tree.Add(leaf.Hash);
        var path = await new TreeProofs(tree, log.Size).InclusionAsync(index, log.Size, default);
        var input = new JsonObject
        {
            ["leaf"] = Convert.ToBase64String(log.Leaves[index].Leaf),
            ["index"] = index,
            ["path"] = new JsonArray([.. path.Select(p => JsonValue.Create(Convert.ToBase64String(p)))]),
            ["checkpoint"] = log.Checkpoints[log.Size],
        };
        input["keys"] = Keys(input, key);
        return input;
    }

    private static JsonArray Keys(JsonObject input, AuditSigningKey key)
    {
        var name = input["checkpoint"]?.GetValue<string>().Split('\n')[0] ?? "";
        return [new JsonObject { ["name"] = name, ["publicKey"] = AuditVerifierKey.FromPublicKey(name, key.PublicKey).PublicKeyPem }];
    }

    private static JsonObject With(JsonObject input, string name, JsonNode? value)
    {
        var changed = input.DeepClone().AsObject();
        changed[name] = value;
        return changed;
    }

    private static async Task<List<JsonElement>> RunAsync(IReadOnlyList<JsonObject> cases)
    {
        var folder = RepositoryFiles.Find();
        if (folder is null) Assert.Skip("Needs the repository's folder above the test's.");
        var start = new ProcessStartInfo("node") { ArgumentList = { Path.Combine(folder!, "eng", "web-tests", "audit-verify.mjs") }, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, StandardInputEncoding = new UTF8Encoding(false) };
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("Needs Node (the command 'node').");
            throw;
        }

        using (process)
        {
            await process.StandardInput.WriteAsync(new JsonArray([.. cases.Select(c => c.DeepClone())]).ToJsonString());
            process.StandardInput.Close();
            var output = await process.StandardOutput.ReadToEndAsync();
            var errors = await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            process.ExitCode.ShouldBe(0, errors);
            using var json = JsonDocument.Parse(output);
            return [.. json.RootElement.EnumerateArray().Select(r => r.Clone())];
        }
    }
}
