using Hexabase.Portal.Access.Sso.Connections;
using Hexabase.Portal.Access.Sso.Entry;

namespace Hexabase.Portal.Sso;

/// <summary>
/// What binds a sign-in to the browser that began it. OpenID Connect comes back by a top-level GET, which carries Lax cookies. A SAML response comes back by a form that the provider's page posts, which carries
/// only cookies of SameSite=None, and browsers take those over https alone (and on this machine). Nothing is lost by it: the value is encrypted, counts for ten minutes and once, and opens no session by itself.
/// </summary>
internal static class SsoCookies
{
    private const string Name = "portal-sso-";

    public static void Keep(HttpContext http, SsoDeparture departure) =>
        http.Response.Cookies.Append(NameOf(http, departure.CookieKey), Seal(http).Write(departure.Pending), Options(http, departure.Pending.Kind));

    /// <summary>The sign-in that the answer names by its state or relay state, once: the cookie is deleted, whatever comes out.</summary>
    public static SsoPending? Take(HttpContext http, SsoKind kind, string? handle)
    {
        var name = NameOf(http, SsoPending.KeyOf(handle));
        if (http.Request.Cookies[name] is not { } value) return null;
        http.Response.Cookies.Delete(name, Options(http, kind));
        return Seal(http).Read(value) is { } pending && pending.Kind == kind ? pending : null;
    }

    private static SsoPendingSeal Seal(HttpContext http) => http.RequestServices.GetRequiredService<SsoPendingSeal>();

    // On https with the prefix that ties it to this host: a neighbour below the same domain cannot plant one.
    private static string NameOf(HttpContext http, string key) => (http.Request.IsHttps ? "__Host-" : "") + Name + key;

    private static CookieOptions Options(HttpContext http, SsoKind kind) => new()
    {
        Path = "/", HttpOnly = true, IsEssential = true, MaxAge = SsoPending.Lifetime, SameSite = kind == SsoKind.Saml ? SameSiteMode.None : SameSiteMode.Lax, Secure = http.Request.IsHttps || kind == SsoKind.Saml,
    };
}
