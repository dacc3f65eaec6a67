using System.Text;
using System.Text.Json;
using Xunit;

namespace Hexabase.Portal.Organizations;

/// <summary>The big list of naughty strings, from the test vectors beside the repository; the test is skipped where they are missing.</summary>
internal static class NaughtyStrings
{
    public static IReadOnlyList<string> Read()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            var file = Path.Combine(at.FullName, "shared", "vectors", "naughty-strings", "blns.base64.json");
            if (File.Exists(file)) return [.. JsonSerializer.Deserialize<string[]>(File.ReadAllText(file))!.Select(b => Encoding.UTF8.GetString(Convert.FromBase64String(b)))];
        }

        Assert.Skip("shared/vectors/naughty-strings is not beside the repository.");
        return [];
    }
}
