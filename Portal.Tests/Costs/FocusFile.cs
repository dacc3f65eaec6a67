using System.Globalization;
using System.IO.Compression;
using System.Numerics;
using System.Text;

namespace Hexabase.Portal.Costs;

/// <summary>Reads a FOCUS file in another way than the portal does, to hold its sums against.</summary>
internal static class FocusFile
{
    public static List<IReadOnlyDictionary<string, string>> Read(string path)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress), Encoding.UTF8);
        return Rows(reader.ReadToEnd());
    }

    /// <summary>The records by the names of the header.</summary>
    public static List<IReadOnlyDictionary<string, string>> Rows(string csv)
    {
        var records = Records(csv).ToList();
        return [.. records.Skip(1).Select(r => (IReadOnlyDictionary<string, string>)records[0].Zip(r).ToDictionary(c => c.First, c => c.Second))];
    }

    private static IEnumerable<List<string>> Records(string text)
    {
        var (record, cell, quoted) = (new List<string>(), new StringBuilder(), false);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (quoted)
            {
                if (c != '"') cell.Append(c);
                else if (i + 1 < text.Length && text[i + 1] == '"') cell.Append(text[++i]);
                else quoted = false;
            }
            else if (c == '"') quoted = true;
            else if (c == ',' || c == '\n')
            {
                record.Add(cell.ToString().TrimEnd('\r'));
                cell.Clear();
                if (c == ',') continue;
                yield return record;
                record = [];
            }
            else if (c != '\uFEFF') cell.Append(c);
        }

        if (cell.Length > 0 || record.Count > 0) yield return [.. record, cell.ToString()];
    }

    public static BigInteger Sum(IEnumerable<IReadOnlyDictionary<string, string>> rows, string column) => rows.Aggregate(BigInteger.Zero, (sum, row) => sum + Atto(row[column]));

    public static BigInteger Atto(string? text) => text is null or "" or "NULL" ? BigInteger.Zero : WideAmount.Parse(decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture).ToString("0.##################", CultureInfo.InvariantCulture)).Atto;
}
