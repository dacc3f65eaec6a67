using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;

namespace Hexabase.Portal.Access;

/// <summary>
/// What was typed into a refused form before the door, for the page that shows the refusal: in a cookie of five minutes that only this portal can read, never in
/// the address (which logs keep), and never a password.
/// </summary>
internal static class DoorMemory
{
    private const string Cookie = "portal-door";
    private const int MaxLength = 300;
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);
    private static readonly string[] Fields = ["userName", "displayName"];

    /// <param name="page">The path of the page that the form belongs to.</param>
    public static void Keep(HttpContext http, string page, IFormCollection form)
    {
        var typed = Fields.Where(form.ContainsKey).ToDictionary(f => f, f => form[f].ToString() is { Length: > MaxLength } text ? text[..MaxLength] : form[f].ToString(), StringComparer.Ordinal);
        typed["page"] = page;
        http.Response.Cookies.Append(Cookie, Protector(http).Protect(JsonSerializer.Serialize(typed), Lifetime), Options(http));
    }

    /// <summary>What was typed into the form of this page, once; empty where nothing was refused.</summary>
    public static IReadOnlyDictionary<string, string> Take(HttpContext http)
    {
        if (http.Request.Cookies[Cookie] is not { } kept) return new Dictionary<string, string>();
        http.Response.Cookies.Delete(Cookie, Options(http));
        try
        {
            var typed = JsonSerializer.Deserialize<Dictionary<string, string>>(Protector(http).Unprotect(kept)) ?? [];
            return typed.GetValueOrDefault("page") == http.Request.Path.Value ? typed : new Dictionary<string, string>();
        }
        catch (Exception e) when (e is System.Security.Cryptography.CryptographicException or JsonException)
        {
            // Expired, or not ours.
            return new Dictionary<string, string>();
        }
    }

    private static ITimeLimitedDataProtector Protector(HttpContext http) => http.RequestServices.GetRequiredService<IDataProtectionProvider>().CreateProtector("Hexabase.Portal.DoorMemory").ToTimeLimitedDataProtector();

    private static CookieOptions Options(HttpContext http) => new() { Path = "/", HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = http.Request.IsHttps, MaxAge = Lifetime, IsEssential = true };
}
