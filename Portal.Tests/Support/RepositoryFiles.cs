namespace Hexabase.Portal.Support;

/// <summary>The checked-out sources above the test program.</summary>
internal static class RepositoryFiles
{
    public static string Root => Find() ?? throw new InvalidOperationException("The repository's root was not found above the test program.");

    /// <summary>Null where the program runs away from its sources.</summary>
    public static string? Find()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Hexabase.Portal.sln"))) directory = directory.Parent;
        return directory?.FullName;
    }
}
