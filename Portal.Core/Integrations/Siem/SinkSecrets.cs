using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace Hexabase.Portal.Integrations.Siem;

/// <summary>Tokens and keys of sinks are protected before they reach the database.</summary>
public sealed class SinkSecrets(IDataProtectionProvider protection)
{
    private readonly IDataProtector _protector = protection.CreateProtector("portal.audit-sinks");

    public string Protect(string secret) => _protector.Protect(secret);

    /// <summary>Null where there is none.</summary>
    /// <exception cref="SinkFailure">It was protected with keys that this installation does not have (any more).</exception>
    public string? Open(string? stored)
    {
        if (stored is null) return null;
        try
        {
            return _protector.Unprotect(stored);
        }
        catch (CryptographicException e)
        {
            throw new SinkFailure("sink.secret", "The sink's secret cannot be read with the keys of this installation. Type it in again.", inner: e);
        }
    }
}
