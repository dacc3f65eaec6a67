using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace Hexabase.Portal.Access.Sso;

/// <summary>Client secrets and keys of connections are protected before they reach the database.</summary>
public sealed class SsoSecrets(IDataProtectionProvider protection)
{
    private readonly IDataProtector _protector = protection.CreateProtector("portal.sso.connections");

    public string Protect(string secret) => _protector.Protect(secret);

    /// <summary>A refusal where it was protected with keys that this installation does not have (any more).</summary>
    public Checked<string> Open(string? stored)
    {
        var lost = new SsoRefusal("sso.secret", "The connection's secret cannot be read with the keys of this installation.", null, "Enter the client secret again, or make a new key and register it at the provider.");
        if (stored is null) return lost;
        try
        {
            return _protector.Unprotect(stored);
        }
        catch (CryptographicException)
        {
            return lost;
        }
    }
}
