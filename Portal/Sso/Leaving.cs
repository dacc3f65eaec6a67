using System.Net;
using System.Text;
using Hexabase.Portal.Shell;

namespace Hexabase.Portal.Sso;

/// <summary>
/// Sends the browser to another site after a form of ours. The content policy allows forms to end here only, and browsers hold redirects to it, too; so the answer is a page that goes on by itself, with a link
/// for those that do not. The address does not travel as a referrer.
/// </summary>
internal static class Leaving
{
    public static IResult To(HttpContext http, Uri address)
    {
        var viewer = http.RequestServices.GetRequiredService<Viewer>();
        viewer.UseLanguage(http.Request.Cookies[App.LanguageCookie] ?? http.User.FindFirst("locale")?.Value ?? Viewer.Negotiate(http.Request.Headers.AcceptLanguage));
        var text = http.RequestServices.GetRequiredService<Text>();
        var to = WebUtility.HtmlEncode(address.AbsoluteUri);
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["Referrer-Policy"] = "no-referrer";
        var page = $"""
            <!DOCTYPE html><html lang="{viewer.Language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="refresh" content="0;url={to}">
            <title>{WebUtility.HtmlEncode(text["sso.leaving"])}</title><link rel="stylesheet" href="/css/tokens.css"><link rel="stylesheet" href="/css/portal.css"></head>
            <body><main class="centered"><div class="card"><p>{WebUtility.HtmlEncode(text["sso.leaving"])}</p><a class="btn primary" href="{to}" rel="noreferrer">{WebUtility.HtmlEncode(text["sso.leavingVerb"])}</a></div></main></body></html>
            """;
        return Results.Text(page, "text/html", Encoding.UTF8);
    }
}
