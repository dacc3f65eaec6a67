using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace Hexabase.Portal.Access;

/// <summary>Something that this portal remembers in one browser for five minutes, encrypted: the ticket of a sign-in that waits for its second step, the challenge of a passkey.</summary>
internal sealed class DoorCookie(string name)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    /// <summary>The ticket of a pending sign-in.</summary>
    public static DoorCookie SecondStep { get; } = new("portal-second-step");

    /// <summary>What the framework needs to verify the passkey's answer.</summary>
    public static DoorCookie Passkey { get; } = new("portal-passkey");

    public void Keep(HttpContext http, string value) => http.Response.Cookies.Append(NameOn(http), Protector(http).Protect(value, Lifetime), Options(http));

    /// <summary>Null where there is none, it has expired or was not made here.</summary>
    public string? Read(HttpContext http)
    {
        if (http.Request.Cookies[NameOn(http)] is not { } kept) return null;
        try
        {
            return Protector(http).Unprotect(kept);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    public void Forget(HttpContext http) => http.Response.Cookies.Delete(NameOn(http), Options(http));

    private string NameOn(HttpContext http) => http.Request.IsHttps ? "__Host-" + name : name;

    private ITimeLimitedDataProtector Protector(HttpContext http) =>
        http.RequestServices.GetRequiredService<IDataProtectionProvider>().CreateProtector("Hexabase.Portal.DoorCookie", name).ToTimeLimitedDataProtector();

    private static CookieOptions Options(HttpContext http) => new() { Path = "/", HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = http.Request.IsHttps, MaxAge = Lifetime, IsEssential = true };
}
