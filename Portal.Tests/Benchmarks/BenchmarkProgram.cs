namespace Hexabase.Portal.Benchmarks;

/// <summary>Runs one benchmark by name: <c>Portal.Tests --benchmark NAME [options]</c>; see docs/benchmarks.md.</summary>
public static class BenchmarkProgram
{
    private static readonly Dictionary<string, Func<string[], Task>> All = new(StringComparer.OrdinalIgnoreCase)
    {
        ["commands"] = CommandBenchmark.RunAsync,
        ["append"] = AppendBenchmark.RunAsync,
        ["crash"] = CrashBenchmark.RunAsync,
        ["live"] = LiveBenchmark.RunAsync,
        ["costs"] = CostBenchmark.RunAsync,
        ["search"] = SearchBenchmark.RunAsync,
        ["focus"] = FocusReaderBenchmark.RunAsync,
        ["siem"] = SiemBenchmark.RunAsync,
        ["verify"] = VerifyBenchmark.RunAsync,
        ["ingest"] = IngestBenchmark.RunAsync,
        ["proof"] = ProofBenchmark.RunAsync,
        ["scim"] = ScimBenchmark.RunAsync,
        ["decide"] = DecideBenchmark.RunAsync,
        ["sso"] = SsoBenchmark.RunAsync,
    };

    public static async Task<int> RunAsync(string[] args)
    {
        if (args.Length == 0 || !All.TryGetValue(args[0], out var run))
        {
            Console.Error.WriteLine($"Benchmarks: {string.Join(", ", All.Keys)}");
            return 2;
        }

        await run(args[1..]);
        return 0;
    }
}
