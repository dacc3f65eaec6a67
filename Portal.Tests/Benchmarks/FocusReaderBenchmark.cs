using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using Hexabase.Portal.Costs.Focus;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Support;

namespace Hexabase.Portal.Benchmarks;

/// <summary>
/// How fast the FOCUS reader reads: the real sample's rows repeated with other costs and resources, on one core. Arguments: rows (1000000), "gzip".
/// Prints figures; asserts nothing.
/// </summary>
public static class FocusReaderBenchmark
{
    public static async Task RunAsync(string[] args)
    {
        var rows = args.Length > 0 ? long.Parse(args[0], CultureInfo.InvariantCulture) : 1_000_000;
        var sample = SharedData.Find("data/finops/focus-1.0-sample-a.csv.gz") ?? throw new FileNotFoundException("The real sample is needed.");
        var file = Path.Combine(Path.GetTempPath(), $"focus-{rows}.csv");
        try
        {
            await WriteAsync(sample, file, rows);
            for (var round = 0; round < 3; round++) await ReadAsync(file, gzip: false);
            if (args.Contains("gzip")) await ReadAsync(file, gzip: true);
        }
        finally
        {
            File.Delete(file);
            File.Delete(file + ".gz");
        }
    }

    private static async Task ReadAsync(string file, bool gzip)
    {
        if (gzip)
        {
            await using var from = File.OpenRead(file);
            await using var to = new GZipStream(File.Create(file + ".gz"), CompressionLevel.Fastest);
            await from.CopyToAsync(to);
        }

        var before = Process.GetCurrentProcess().TotalProcessorTime;
        var allocated = GC.GetTotalAllocatedBytes();
        var watch = Stopwatch.StartNew();
        await using var content = new FileStream(gzip ? file + ".gz" : file, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.SequentialScan);
        await using var reader = await FocusReader.OpenAsync(content, new FocusReadOptions(), CancellationToken.None);
        var billed = Amount.Zero;
        long errors = 0;
        while (await reader.ReadAsync(CancellationToken.None))
        {
            billed += reader.Current.Number(FocusColumn.BilledCost);
            errors += reader.Current.Errors.Count;
        }

        var seconds = watch.Elapsed.TotalSeconds;
        using var process = Process.GetCurrentProcess();
        var cpu = (process.TotalProcessorTime - before).TotalSeconds;
        var megabytes = new FileInfo(file).Length / 1e6;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{(gzip ? "gzip " : "plain")} {reader.RowsRead} rows, {errors} errors, billed {billed}: {reader.RowsRead / seconds:N0} rows/s, {megabytes / seconds:N0} MB/s, CPU {cpu:N2} s ({reader.RowsRead / cpu:N0} rows per CPU second), allocated {(GC.GetTotalAllocatedBytes() - allocated) / 1e6:N1} MB, peak {process.PeakWorkingSet64 / 1e6:N0} MB"));
    }

    private static async Task WriteAsync(string sample, string file, long rows)
    {
        await using var packed = new GZipStream(File.OpenRead(sample), CompressionMode.Decompress);
        using var text = new StreamReader(packed, Encoding.UTF8);
        var lines = (await text.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await using var writer = new StreamWriter(file, append: false, new UTF8Encoding(false), 1 << 20);
        await writer.WriteAsync(lines[0] + "\n");
        var random = new Random(1);
        for (long i = 0; i < rows; i++)
        {
            // The first number of a row is its billed cost, behind the availability zone; the resource varies too.
            var line = lines[1 + random.Next(lines.Length - 1)];
            var comma = line.IndexOf(',', StringComparison.Ordinal);
            var end = line.IndexOf(',', comma + 1);
            await writer.WriteAsync(line.AsMemory(0, comma + 1));
            await writer.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"{random.Next(100)}.{random.Next(1_000_000_000):D11}"));
            await writer.WriteAsync(line[end..].Replace("arn:", string.Create(CultureInfo.InvariantCulture, $"arn{random.Next(100_000)}:"), StringComparison.Ordinal));
            await writer.WriteAsync("\n");
        }
    }
}
