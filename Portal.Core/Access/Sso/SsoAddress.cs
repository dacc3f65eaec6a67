using System.Diagnostics.CodeAnalysis;

namespace Hexabase.Portal.Access.Sso;

/// <summary>An address of an identity provider: https, a host, no user, no fragment. An operator may allow http to this machine for tests.</summary>
public static class SsoAddress
{
    public const int MaxChars = 2048;

    public static bool TryParse(string? text, bool allowLoopbackHttp, [NotNullWhen(true)] out Uri? address)
    {
        address = null;
        if (text is null || text.Length is 0 or > MaxChars || text.Any(c => c is <= ' ' or >= '\u007f' or '\\' or '"' or '<' or '>' or '#')) return false;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var found) || found.UserInfo.Length > 0 || found.Host.Length == 0) return false;
        // Schemes are compared as they are written, so that what is stored reads as what is called.
        if (!text.StartsWith("https://", StringComparison.Ordinal) && !(allowLoopbackHttp && text.StartsWith("http://", StringComparison.Ordinal) && found.IsLoopback)) return false;
        address = found;
        return true;
    }
}
