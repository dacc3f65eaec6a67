using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Hexabase.Portal.Access.Sso;

/// <summary>Where a person goes after signing in: a path of this portal, never another site (CWE-601).</summary>
public static class ReturnPath
{
    public const int MaxChars = 2048;

    // What stands in a path, query and fragment (RFC 3986) without a backslash, which browsers read as a slash, and without control characters, which they leave out.
    private static readonly SearchValues<char> Allowed = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/?#[]@!$&'()*+,;=:%");

    /// <summary>The path as it came where it is one of this portal; "/" for everything else.</summary>
    public static string Local(string? path) => IsLocal(path) ? path : "/";

    public static bool IsLocal([NotNullWhen(true)] string? path)
    {
        if (path is null || path.Length is 0 or > MaxChars || path[0] != '/') return false;
        if (path.AsSpan().ContainsAnyExcept(Allowed)) return false;
        // "//host" names another site; so does "/./\host" or "/.//host" once dots are taken out, so the path part holds no empty or dot segment in front of anything.
        var end = path.AsSpan().IndexOfAny('?', '#');
        var bare = end < 0 ? path : path[..end];
        if (bare.Contains("//", StringComparison.Ordinal) || bare.Contains("/.", StringComparison.Ordinal)) return false;
        // Escaped slashes, backslashes and dots would be the same trick for whoever decodes once more.
        return !Contains(bare, "%2f") && !Contains(bare, "%5c") && !Contains(bare, "%2e") && !Contains(bare, "%00") && !Contains(path, "%0a") && !Contains(path, "%0d");
    }

    private static bool Contains(string text, string part) => text.Contains(part, StringComparison.OrdinalIgnoreCase);
}
