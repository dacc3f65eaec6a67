using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Hexabase.Portal.Support;
using Microsoft.Playwright;
using Shouldly;

namespace Hexabase.Portal.Benchmarks;

/// <summary>
/// What a person feels: from a commit to the changed DOM of another browser, the same for hundreds of circuits, the memory of a circuit, and the first load of the
/// dashboard. <c>--benchmark live [circuits]</c>. The portal runs in this process; browser and circuits come from others on the same machine.
/// </summary>
public static class LiveBenchmark
{
    public static async Task RunAsync(string[] args)
    {
        var circuits = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 500;
        await using var server = new TestServer();
        var portal = new WebPortal(server);
        await portal.InitializeAsync();
        try
        {
            var org = await portal.CreateOrganizationAsync("Live");
            for (var i = 1; i <= 20; i++)
                (await portal.PostAsync($"/api/v1/organizations/{org}/budgets", Budget(org, $"Budget {i}", 1000 * i))).Status.ShouldBe(System.Net.HttpStatusCode.Created);
            var person = await TestPeople.AddAsync(portal, "orgAdmin", org);
            var cookie = $"portal-session={await TestPeople.CookieAsync(portal, person)}";

            await BrowserAsync(portal, org, cookie);
            await MemoryAsync(portal, org, cookie);
            await CircuitsAsync(portal, org, cookie, circuits);
        }
        finally
        {
            await portal.DisposeAsync();
        }
    }

    private static object Budget(string org, string name, int amount) =>
        new { name, scope = new { organization = org }, limits = new { monthly = new { amount = amount.ToString(CultureInfo.InvariantCulture), currency = "USD" } }, metric = "billed", thresholds = new[] { 0.8 } };

    /// <summary>First load, then 60 changes of a budget and the moment the other browser's cell has the new text.</summary>
    private static async Task BrowserAsync(WebPortal portal, string org, string cookie)
    {
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = "/usr/bin/chromium", Args = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"] });
        var loads = new List<(double Milliseconds, double Bytes, double Shift)>();
        IPage? page = null;
        for (var i = 0; i < 6; i++)
        {
            var context = await browser.NewContextAsync(new() { Locale = "en-US" });
            await context.AddCookiesAsync([new() { Name = "portal-session", Value = cookie["portal-session=".Length..], Url = portal.Address }]);
            await context.AddInitScriptAsync("window.shift = 0; new PerformanceObserver(l => { for (const e of l.getEntries()) if (!e.hadRecentInput) window.shift += e.value; }).observe({ type: 'layout-shift', buffered: true });");
            page = await context.NewPageAsync();
            var session = await context.NewCDPSessionAsync(page);
            await session.SendAsync("Network.enable");
            double bytes = 0;
            session.Event("Network.loadingFinished").OnEvent += (_, e) => bytes += e?.GetProperty("encodedDataLength").GetDouble() ?? 0;
            var started = Stopwatch.GetTimestamp();
            await page.GotoAsync($"{portal.Address}/o/{org}/budgets");
            await page.Locator("[data-table=budgets] [data-row]").First.WaitForAsync();
            var elapsed = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            await page.WaitForTimeoutAsync(500);
            loads.Add((elapsed, bytes, await page.EvaluateAsync<double>("window.shift")));
            if (i < 5) await context.CloseAsync();
        }

        var warm = loads.Skip(1).ToList();
        Print("first load, empty browser cache: time until the table's rows stand", $"median {Percentile(warm.Select(l => l.Milliseconds), 0.5):F0} ms, {warm[0].Bytes / 1024:F0} KiB transferred, layout shift {warm.Max(l => l.Shift):F4}");

        var seen = page ?? throw new InvalidOperationException("No page.");
        await seen.EvaluateAsync("window.at = {}; new MutationObserver(() => { const now = performance.timeOrigin + performance.now(); for (const m of document.querySelector('[data-table=budgets]').textContent.matchAll(/\\$7[\\d,]+\\.\\d\\d/g)) window.at[m[0]] ??= now; }).observe(document.body, { subtree: true, childList: true, characterData: true });");
        var delays = new List<double>();
        for (var i = 0; i < 60; i++)
        {
            var limit = 700_000 + i;
            await ChangeAsync(portal, org, limit);
            var committed = Now();
            await Task.Delay(400);
            var text = string.Create(CultureInfo.InvariantCulture, $"${limit:N2}");
            var at = await seen.EvaluateAsync<double?>("t => window.at[t] ?? null", text);
            delays.Add(at is { } shown ? shown - committed : double.PositiveInfinity);
        }

        Print("commit to changed DOM in another browser (60 changes)", $"p50 {Percentile(delays, 0.5):F0} ms, p95 {Percentile(delays, 0.95):F0} ms");
    }

    /// <summary>Managed heap after full collections, with and without a hundred circuits on a page.</summary>
    private static async Task MemoryAsync(WebPortal portal, string org, string cookie)
    {
        const int Count = 100;
        var sizes = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var (name, path) in new[] { ("warm-up", $"/o/{org}/budgets"), ("frame only", "/not-found"), ("dashboard", $"/o/{org}/budgets") })
        {
            var before = Heap();
            using var driver = Drive(portal, path, cookie, Count, 3, "");
            await ReadAsync(driver, "listening", null);
            sizes[name] = (Heap() - before) / (double)Count / 1024;
            driver.Kill(entireProcessTree: true);
            await driver.WaitForExitAsync();
            await Task.Delay(1000);
        }

        Print("managed memory of a circuit after full collections", $"dashboard {sizes["dashboard"]:F0} KiB, the frame without content {sizes["frame only"]:F0} KiB, ratio {sizes["dashboard"] / sizes["frame only"]:F2}");
    }

    /// <summary>Ten changes seen by all circuits.</summary>
    private static async Task CircuitsAsync(WebPortal portal, string org, string cookie, int circuits)
    {
        using var driver = Drive(portal, $"/o/{org}/budgets", cookie, circuits, 40, "$8");
        var opened = await ReadAsync(driver, "opened", null);
        await ReadAsync(driver, "listening", null);
        var delays = new List<double>();
        for (var i = 0; i < 10; i++)
        {
            await ChangeAsync(portal, org, 800_000 + i);
            var committed = Now();
            var batches = new List<double>();
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(3));
            await ReadAsync(driver, "", patience.Token, line =>
            {
                if (line.GetProperty("event").GetString() == "batch" && line.GetProperty("match").GetBoolean()) batches.Add(line.GetProperty("at").GetDouble() - committed);
                return batches.Count >= circuits;
            });
            delays.AddRange(batches);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  change {i + 1}: {batches.Count} of {circuits} circuits"));
        }

        driver.Kill(entireProcessTree: true);
        Print($"{circuits} circuits, opened in {opened.GetProperty("seconds").GetDouble():F1} s: commit to render batch at the client (10 changes)", $"p50 {Percentile(delays, 0.5):F0} ms, p95 {Percentile(delays, 0.95):F0} ms");
    }

    private static async Task ChangeAsync(WebPortal portal, string org, int limit)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/api/v1/organizations/{org}/budgets/budget-1") { Content = System.Net.Http.Json.JsonContent.Create(Budget(org, "Budget 1", limit)) };
        using var response = await portal.Api.SendAsync(request);
        response.EnsureSuccessStatusCode();
    }

    private static Process Drive(WebPortal portal, string path, string cookie, int count, int seconds, string expect)
    {
        var script = Path.Combine(RepositoryFiles.Root, "eng", "web-tests", "circuits.mjs");
        var start = new ProcessStartInfo("node") { RedirectStandardOutput = true };
        foreach (var argument in new[] { script, "--url", portal.Address, "--path", path, "--cookie", cookie, "--count", $"{count}", "--seconds", $"{seconds}", "--expect", expect }) start.ArgumentList.Add(argument);
        return Process.Start(start) ?? throw new InvalidOperationException("node did not start.");
    }

    private static async Task<JsonElement> ReadAsync(Process driver, string name, CancellationToken? patience, Func<JsonElement, bool>? until = null)
    {
        try
        {
            while (await driver.StandardOutput.ReadLineAsync(patience ?? CancellationToken.None) is { } line)
            {
                var element = JsonElement.Parse(line);
                if (until?.Invoke(element) == true || element.GetProperty("event").GetString() == name) return element;
            }
        }
        catch (OperationCanceledException)
        {
            return default;
        }

        throw new InvalidOperationException($"The circuit driver ended before '{name}'.");
    }

    private static long Heap()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private static double Now() => TimeProvider.System.GetUtcNow().Subtract(DateTimeOffset.UnixEpoch).TotalMilliseconds;

    private static double Percentile(IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToList();
        return sorted.Count == 0 ? double.NaN : sorted[(int)Math.Min(sorted.Count - 1, Math.Ceiling(share * sorted.Count) - 1)];
    }

    private static void Print(string what, string figures) => Console.WriteLine($"{what}: {figures}");
}
