using System.IO.Compression;
using Hexabase.Portal.Support;

namespace Hexabase.Portal.Benchmarks;

/// <summary>Real outside events to draw from.</summary>
internal static class OutsideEventSample
{
    /// <exception cref="FileNotFoundException">The public sample data is not beside the repository.</exception>
    public static List<string> CloudTrailLines()
    {
        const string File = "data/audit/cloudtrail-stratus-part1.jsonl.gz";
        var path = SharedData.Find(File) ?? throw new FileNotFoundException($"Needs '{File}' in a folder 'shared' above this program's folder.");
        using var reader = new StreamReader(new GZipStream(System.IO.File.OpenRead(path), CompressionMode.Decompress));
        var lines = new List<string>();
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0) lines.Add(line);
        }

        return lines;
    }
}
