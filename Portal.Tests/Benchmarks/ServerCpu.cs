using System.Globalization;

namespace Hexabase.Portal.Benchmarks;

/// <summary>The processor time of a database server.</summary>
internal static class ServerCpu
{
    /// <summary>Seconds of all server processes, those that have ended included.</summary>
    public static double Read(int postmaster)
    {
        double ticks = 0;
        foreach (var folder in Directory.GetDirectories("/proc").Where(d => Path.GetFileName(d).All(char.IsAsciiDigit)))
        {
            try
            {
                var stat = File.ReadAllText(Path.Combine(folder, "stat"));
                var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                var own = int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture) == postmaster;
                if (!own && int.Parse(fields[1], CultureInfo.InvariantCulture) != postmaster) continue;
                ticks += double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture);
                if (own) ticks += double.Parse(fields[13], CultureInfo.InvariantCulture) + double.Parse(fields[14], CultureInfo.InvariantCulture);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The process has ended since the listing.
            }
        }

        return ticks / 100;
    }
}
