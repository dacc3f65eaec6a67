using Xunit;

namespace Hexabase.Portal.Support;

/// <summary>Public sample data and test vectors that stand beside the repository in a folder "shared" and are no part of it.</summary>
public static class SharedData
{
    /// <summary>The full path of a file or folder; skips the test where it is not there.</summary>
    public static string PathOrSkip(string relative)
    {
        var path = Find(relative);
        if (path is null) Assert.Skip($"Needs the file '{relative}' in a folder 'shared' above the test's folder.");
        return path!;
    }

    /// <summary>The full path, or null.</summary>
    public static string? Find(string relative)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, "shared", relative);
            if (Path.Exists(path)) return path;
        }

        return null;
    }
}
