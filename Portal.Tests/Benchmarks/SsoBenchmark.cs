using System.Diagnostics;
using System.Globalization;
using Hexabase.Portal.Access.Sso.Peers;
using Hexabase.Portal.Support;

namespace Hexabase.Portal.Benchmarks;

/// <summary>
/// Sign-ins over HTTP through a local OpenID provider: from the posted form to the open session, without the person's part and without the time that the provider itself takes for token, keys and userinfo.
/// The database runs without durability, as in tests. Options: sign-ins, people at once.
/// </summary>
public static class SsoBenchmark
{
    private const int WarmUp = 5;

    public static async Task RunAsync(string[] args)
    {
        var count = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 200;
        var server = new TestServer();
        var world = new SsoWorld(server);
        try
        {
            await world.InitializeAsync();
            var (_, provider) = await world.ConnectOidcAsync(new { ann = new { email = "ann@acme.test", email_verified = true, name = "Ann", groups = new[] { "finance" } } }, new { createPeople = true });
            var times = new List<double>(count);
            for (var i = -WarmUp; i < count; i++)
            {
                var milliseconds = await OnceAsync(world, provider);
                if (i >= 0) times.Add(milliseconds);
            }

            times.Sort();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"sign-in round trip beyond the provider's own time, {count} sign-ins: p50 {At(times, 0.5):F0} ms, p95 {At(times, 0.95):F0} ms, slowest {times[^1]:F0} ms (goal: p95 at most 300 ms)"));
        }
        finally
        {
            await world.DisposeAsync();
            await server.DisposeAsync();
        }
    }

    private static async Task<double> OnceAsync(SsoWorld world, NodePeer provider)
    {
        using var http = new HttpClient();
        using var ann = world.Visitor();
        var page = await ann.GoAsync("/sign-in");
        await http.GetStringAsync(new Uri(provider.Address + "/spent"));
        var began = Stopwatch.GetTimestamp();
        var leaving = await ann.StartAsync("ann@acme.test", token: SsoVisitor.Token(page.Text));
        var start = Stopwatch.GetElapsedTime(began);
        var callback = await ann.AgreeAsync(leaving, "ann");
        began = Stopwatch.GetTimestamp();
        var back = await ann.GoAsync(callback);
        var end = Stopwatch.GetElapsedTime(began);
        if (back.To?.AbsolutePath != "/account") throw new InvalidOperationException($"The sign-in ended at {back.To}.");
        var own = double.Parse(await http.GetStringAsync(new Uri(provider.Address + "/spent")), CultureInfo.InvariantCulture);
        return Math.Max(0, (start + end).TotalMilliseconds - own);
    }

    private static double At(List<double> sorted, double share) => sorted[Math.Min(sorted.Count - 1, (int)(sorted.Count * share))];
}
