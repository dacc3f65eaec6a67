using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Hexabase.Portal.Access.Sso.Connections;
using Hexabase.Portal.Access.Sso.Jose;
using Hexabase.Portal.Access.Sso.Oidc;
using Microsoft.AspNetCore.DataProtection;

namespace Hexabase.Portal.Access.Sso.Entry;

/// <summary>A sign-in that this browser has under way. It is kept in an encrypted cookie of the browser and nowhere else, so that an answer counts there only; the replay memory makes it count once.</summary>
/// <param name="RequestId">SAML: the ID of the request.</param>
/// <param name="TesterId">The administrator whose test this is; null for a sign-in.</param>
public sealed record SsoPending(Guid OrganizationId, Guid ConnectionId, SsoKind Kind, PendingOidcSignIn? Oidc, string? RequestId, string ReturnPath, DateTimeOffset StartedAt, Guid? TesterId)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    /// <summary>Which of a browser's sign-ins an answer belongs to: part of the cookie's name, so that two tabs do not disturb each other.</summary>
    /// <param name="handle"><c>state</c> or RelayState.</param>
    public static string KeyOf(string? handle) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(handle ?? "")).AsSpan(0, 8));
}

/// <summary>Writes and reads the cookie's value.</summary>
public sealed class SsoPendingSeal(IDataProtectionProvider protection)
{
    private readonly ITimeLimitedDataProtector _protector = protection.CreateProtector("portal.sso.pending").ToTimeLimitedDataProtector();

    public string Write(SsoPending pending) => StrictBase64Url.Encode(_protector.Protect(JsonSerializer.SerializeToUtf8Bytes(pending), SsoPending.Lifetime));

    /// <summary>Null for none, an old one, and one that is not ours.</summary>
    public SsoPending? Read(string? value)
    {
        if (value is not { Length: > 0 and <= 8192 } || !StrictBase64Url.TryDecode(value, out var bytes)) return null;
        try
        {
            return JsonSerializer.Deserialize<SsoPending>(_protector.Unprotect(bytes));
        }
        catch (Exception e) when (e is CryptographicException or JsonException)
        {
            return null;
        }
    }
}
