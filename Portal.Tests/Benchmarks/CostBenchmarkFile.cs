using System.Globalization;
using System.IO.Compression;
using System.Text;
using Hexabase.Portal.Support;

namespace Hexabase.Portal.Benchmarks;

/// <summary>A bill of any size: the rows of the real sample, drawn at random, with other costs, hours (of 30 days) and resources.</summary>
internal static class CostBenchmarkFile
{
    /// <summary>Writes the file and answers its columns.</summary>
    /// <param name="uniqueTags">Whether every row has a tag set of its own, which no row shares a key with.</param>
    public static async Task<string[]> WriteAsync(string file, int rows, int seed, bool uniqueTags)
    {
        var sample = SharedData.Find("data/finops/focus-1.0-sample-a.csv.gz") ?? throw new FileNotFoundException("The real sample is needed.");
        await using var packed = new GZipStream(File.OpenRead(sample), CompressionMode.Decompress);
        using var text = new StreamReader(packed, Encoding.UTF8);
        var records = Parse(await text.ReadToEndAsync());
        var header = records[0];
        int At(string name) => Array.IndexOf(header, name);
        var (start, end, billed, resource, tags) = (At("ChargePeriodStart"), At("ChargePeriodEnd"), At("BilledCost"), At("ResourceId"), At("Tags"));
        var random = new Random(seed);
        await using var writer = new StreamWriter(file, append: false, new UTF8Encoding(false), 1 << 20);
        await writer.WriteAsync(string.Join(',', header) + "\n");
        for (var i = 0; i < rows; i++)
        {
            var cells = (string[])records[1 + random.Next(records.Count - 1)].Clone();
            var hour = new DateTime(2024, 9, 1, 0, 0, 0, DateTimeKind.Utc).AddHours(random.Next(720));
            cells[start] = hour.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
            cells[end] = hour.AddHours(1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
            cells[billed] = string.Create(CultureInfo.InvariantCulture, $"{random.Next(100)}.{random.Next(1_000_000_000):D11}");
            cells[resource] += random.Next(100_000).ToString(CultureInfo.InvariantCulture);
            if (uniqueTags) cells[tags] = string.Create(CultureInfo.InvariantCulture, $"{{\"environment\": \"prod\", \"pod\": \"{i}\"}}");
            await writer.WriteAsync(string.Join(',', cells.Select(c => c.AsSpan().ContainsAny("\",\n") ? $"\"{c.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : c)) + "\n");
        }

        return header;
    }

    /// <summary>Records with nulls as empty cells.</summary>
    private static List<string[]> Parse(string text)
    {
        var (records, cells, cell, quoted) = (new List<string[]>(), new List<string>(), new StringBuilder(), false);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (quoted && c == '"' && i + 1 < text.Length && text[i + 1] == '"') cell.Append(text[++i]);
            else if (c == '"') quoted = !quoted;
            else if (!quoted && c is ',' or '\n')
            {
                cells.Add(cell.ToString() is "NULL" ? "" : cell.ToString());
                cell.Clear();
                if (c != '\n') continue;
                if (cells.Count > 1) records.Add([.. cells]);
                cells.Clear();
            }
            else if (c != '\r' || quoted) cell.Append(c);
        }

        return records;
    }
}
