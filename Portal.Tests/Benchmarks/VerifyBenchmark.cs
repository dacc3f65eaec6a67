using System.Diagnostics;
using System.Globalization;
using System.Text;
using Hexabase.Portal.Audit.Export;
using Hexabase.Portal.Audit.Tree;

namespace Hexabase.Portal.Benchmarks;

/// <summary><c>--benchmark verify [entries] [mutations]</c>: the offline verifier beside <c>sha256sum</c> of the same bytes, and what it finds of random mutations.</summary>
internal static class VerifyBenchmark
{
    private const int MutatedEntries = 300;
    private static readonly string[] Kinds = ["edit byte", "delete line", "insert line", "swap lines", "cut the file", "edit entry", "delete entry", "insert entry", "swap entries", "truncate newest", "fork", "foreign key", "clock back"];

    public static async Task RunAsync(string[] args)
    {
        var entries = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 1_000_000;
        var mutations = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 10_000;
        var directory = Directory.CreateTempSubdirectory("portal-verify-");
        try
        {
            await SpeedAsync(entries, directory.FullName);
            await MutationsAsync(mutations, directory.FullName);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static async Task SpeedAsync(int entries, string directory)
    {
        using var key = AuditSigningKey.Generate();
        var file = Path.Combine(directory, "bundle.jsonl");
        var pem = AuditVerifierKey.FromPublicKey("k", key.PublicKey).PublicKeyPem;
        await MakeAsync(key, entries, file);
        GC.Collect();
        var size = new FileInfo(file).Length;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{entries:N0} entries, {size:N0} bytes"));
        for (var run = 1; run <= 3; run++)
        {
            var sum = Stopwatch.StartNew();
            using (var sha = Process.Start(new ProcessStartInfo("sha256sum", file) { RedirectStandardOutput = true }) ?? throw new InvalidOperationException("sha256sum does not start."))
            {
                await sha.StandardOutput.ReadToEndAsync();
                await sha.WaitForExitAsync();
            }

            sum.Stop();
            var process = Process.GetCurrentProcess();
            var before = process.TotalProcessorTime;
            var heap = 0L;
            var watch = Stopwatch.StartNew();
            var result = await BundleVerifier.VerifyAsync(new VerificationRequest([file], [], [pem]), new Peak(bytes => heap = Math.Max(heap, bytes)), default);
            watch.Stop();
            process.Refresh();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"sha256sum {sum.Elapsed.TotalSeconds:0.00} s; verify {watch.Elapsed.TotalSeconds:0.00} s ({(process.TotalProcessorTime - before).TotalSeconds:0.00} s of processor), ratio {watch.Elapsed / sum.Elapsed:0.0}, heap {heap / 1_048_576} MB, resident {process.WorkingSet64 / 1_048_576} MB, valid {result.IsValid}, {result.Entries:N0} entries"));
        }
    }

    // Written piece by piece, so that the generator's memory is not the verifier's.
    private static async Task MakeAsync(AuditSigningKey key, int entries, string file)
    {
        var log = TestLog.Make(key, entries, checkpointEvery: 20_000);
        await using var stream = File.Create(file, 1 << 20);
        await log.WriteAsync(stream);
    }

    private static async Task MutationsAsync(int count, string directory)
    {
        using var key = AuditSigningKey.Generate();
        using var stranger = AuditSigningKey.Generate();
        var pem = AuditVerifierKey.FromPublicKey("k", key.PublicKey).PublicKeyPem;
        var found = new int[Kinds.Length];
        var tried = new int[Kinds.Length];
        var log = TestLog.Make(key, MutatedEntries, checkpointEvery: 50);
        using var good = new MemoryStream();
        await log.WriteAsync(good);
        var published = log.Checkpoints.Select(c => ($"checkpoint {c.Key}", c.Value)).ToList();
        var random = new Random(42);
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < count; i++)
        {
            var kind = i % Kinds.Length;
            var file = Path.Combine(directory, "mutated.jsonl");
            await File.WriteAllBytesAsync(file, await MutateAsync(Kinds[kind], good.ToArray(), key, stranger, i, random));
            tried[kind]++;
            try
            {
                var result = await BundleVerifier.VerifyAsync(new VerificationRequest([file], published, [pem]), null, default);
                if (!result.IsValid) found[kind]++;
                else Console.WriteLine($"not found: {Kinds[kind]} number {i}");
            }
            catch (UnusableInputException)
            {
                found[kind]++;
            }
        }

        for (var k = 0; k < Kinds.Length; k++) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Kinds[k],-16} {found[k]:N0} of {tried[k]:N0} found"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{found.Sum():N0} of {count:N0} mutations found in {watch.Elapsed.TotalSeconds:0.0} s"));
    }

    /// <summary>Changes of the file as anybody can make them, and changes of the log that a portal with its own key then exports.</summary>
    private static async Task<byte[]> MutateAsync(string kind, byte[] good, AuditSigningKey key, AuditSigningKey stranger, int seed, Random random)
    {
        switch (kind)
        {
            case "edit byte":
                good[random.Next(good.Length)] ^= (byte)(1 << random.Next(8));
                return good;
            case "cut the file":
                return good[..random.Next(1, good.Length)];
            case "delete line":
                return Lines(good, (l, n) => l.RemoveAt(n), random);
            case "insert line":
                return Lines(good, (l, n) => l.Insert(n, l[random.Next(l.Count)]), random);
            case "swap lines":
                return Lines(good, (l, n) =>
                {
                    var other = (n + 1 + random.Next(l.Count - 1)) % l.Count;
                    (l[n], l[other]) = (l[other], l[n]);
                }, random);
        }

        var log = TestLog.Make(kind == "foreign key" ? stranger : key, MutatedEntries, checkpointEvery: 50);
        var at = random.Next(MutatedEntries - 2);
        var headSize = (long?)null;
        switch (kind)
        {
            case "edit entry":
                log.Leaves[at] = log.Entry(at, new DateTime(2026, 11, 20, 9, 0, 0, DateTimeKind.Utc), $"rewritten {seed}");
                break;
            case "delete entry":
                log.Leaves.RemoveAt(at);
                log.Leaves.Add(log.Entry(MutatedEntries - 1, log.Tick()));
                break;
            case "insert entry":
                log.Leaves.Insert(at, log.Entry(at, log.Tick()));
                log.Leaves.RemoveAt(MutatedEntries);
                break;
            case "swap entries":
                (log.Leaves[at], log.Leaves[at + 1]) = (log.Leaves[at + 1], log.Leaves[at]);
                break;
            case "truncate newest":
                headSize = 50 * random.Next(1, MutatedEntries / 50);
                break;
            case "fork":
                var fork = TestLog.Make(key, 0);
                foreach (var leaf in log.Leaves.Take(at)) fork.Add(leaf);
                fork.Tick(TimeSpan.TicksPerDay + seed);
                fork.Grow(MutatedEntries - at);
                log = fork;
                break;
            case "clock back":
                log.Tick(-TimeSpan.TicksPerDay);
                log.Grow(5);
                break;
            default:
                break;
        }

        using var output = new MemoryStream();
        await log.WriteAsync(output, headSize: headSize);
        return output.ToArray();
    }

    private static byte[] Lines(byte[] good, Action<List<string>, int> change, Random random)
    {
        var lines = Encoding.UTF8.GetString(good).TrimEnd('\n').Split('\n').ToList();
        change(lines, random.Next(lines.Count));
        return Encoding.UTF8.GetBytes(string.Concat(lines.Select(l => l + "\n")));
    }

    private sealed class Peak(Action<long> saw) : IProgress<VerificationProgress>
    {
        public void Report(VerificationProgress value) => saw(GC.GetTotalMemory(false));
    }
}
