using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Hexabase.Portal.Audit.Export;
using Hexabase.Portal.Support;

namespace Hexabase.Portal.Benchmarks;

/// <summary>
/// Kills portal and database with SIGKILL in the middle of commands, again and again. After each start every acknowledged command must have its entry, and the exported
/// log must verify, against the checkpoints that were published before the kill as well. <c>--benchmark crash TIMES</c>.
/// </summary>
public static class CrashBenchmark
{
    public static async Task RunAsync(string[] args)
    {
        var times = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 50;
        await using var portal = new PortalProcess();
        await portal.StartAsync();
        using var made = await portal.Api.PostAsJsonAsync("/api/v1/organizations", new { name = "Crash", plan = "enterprise", currency = "USD", timeZone = "UTC", fiscalYearStartMonth = 1 });
        var org = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("slug").GetString();
        var acknowledged = new ConcurrentDictionary<string, byte>(StringComparer.Ordinal);
        for (var round = 1; round <= times; round++)
        {
            using var stop = new CancellationTokenSource();
            var load = Enumerable.Range(0, 8).Select(worker => Task.Run(() => LoadAsync(portal.Api, org ?? "", $"{round}-{worker}", acknowledged, stop.Token))).ToList();
            await Task.Delay(TimeSpan.FromMilliseconds(1500 + (round * 37 % 1000)));
            await portal.KillAsync();
            await stop.CancelAsync();
            await Task.WhenAll(load);
            await portal.StartAsync();
            Console.WriteLine($"kill {round}: {await CheckAsync(portal, org ?? "", acknowledged.Keys)}");
        }
    }

    private static async Task LoadAsync(HttpClient api, string org, string name, ConcurrentDictionary<string, byte> acknowledged, CancellationToken stop)
    {
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            try
            {
                using var answer = await api.PostAsJsonAsync($"/api/v1/organizations/{org}/business-units", new { name = $"{name}-{i}" }, stop);
                if (answer.IsSuccessStatusCode) acknowledged[$"{name}-{i}"] = 0;
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
            {
                // Killed in the middle: not acknowledged, so either way is right.
                return;
            }
        }
    }

    /// <summary>The killed replica's lease runs out first; then what waited gets its place.</summary>
    private static async Task PlacedAsync(PortalProcess portal, string org)
    {
        for (var i = 0; i < 300; i++)
        {
            var state = await portal.Api.GetFromJsonAsync<JsonElement>($"/api/v1/organizations/{org}/audit/state");
            if (state.GetProperty("waiting").GetInt64() == 0 && state.GetProperty("checkpointSize") is { ValueKind: JsonValueKind.Number } size && size.GetInt64() == state.GetProperty("treeSize").GetInt64()) return;
            await Task.Delay(100);
        }

        throw new InvalidOperationException("Entries still wait for their place after half a minute.");
    }

    private static async Task<string> CheckAsync(PortalProcess portal, string org, ICollection<string> acknowledged)
    {
        await PlacedAsync(portal, org);
        var file = Path.Combine(Path.GetTempPath(), $"crash-{Environment.ProcessId}.jsonl");
        try
        {
            await using (var target = File.Create(file))
            await using (var stream = await portal.Api.GetStreamAsync($"/api/v1/organizations/{org}/audit/export?format=jsonl"))
                await stream.CopyToAsync(target);
            var text = await File.ReadAllTextAsync(file);
            using var header = JsonDocument.Parse(text[..text.IndexOf('\n', StringComparison.Ordinal)]);
            var log = header.RootElement.GetProperty("log_id").GetString() ?? "";
            var published = portal.PublishedCheckpoints().Where(c => c.Source.Contains(log, StringComparison.Ordinal)).ToList();
            var result = await BundleVerifier.VerifyAsync(new VerificationRequest([file], published, []), null, CancellationToken.None);
            if (!result.IsValid) throw new InvalidOperationException($"The log does not verify: {result.Findings[0].Message}");
            var missing = acknowledged.Where(name => !text.Contains($"\"resource_name\":\"{name}\"", StringComparison.Ordinal)).ToList();
            if (missing.Count > 0) throw new InvalidOperationException($"{missing.Count} acknowledged commands have no entry, first {missing[0]}.");
            return string.Create(CultureInfo.InvariantCulture, $"{acknowledged.Count:N0} acknowledged commands, all there; {result.Entries:N0} entries verify against {result.CheckpointsCompared:N0} checkpoints");
        }
        finally
        {
            File.Delete(file);
        }
    }
}
