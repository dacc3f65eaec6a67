using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hexabase.Portal.Audit.Export;
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
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Hexabase.Portal.sln"))) folder = folder.Parent;
        if (folder is null) Assert.Skip("Needs the repository's folder above the test's.");
        var start = new ProcessStartInfo("node") { ArgumentList = { Path.Combine(folder!.FullName, "eng", "web-tests", "audit-verify.mjs") }, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, StandardInputEncoding = new UTF8Encoding(false) };
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
