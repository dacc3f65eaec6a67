using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.Components.Web;

namespace Hexabase.Portal.Shell;

/// <summary>
/// The document: head, a still picture of the shell (so that nothing moves while the circuit starts), the routes, and the connection bar.
/// Pages marked <c>[ExcludeFromInteractiveRouting]</c> (sign-in: they set cookies) are drawn on the server without a circuit.
/// </summary>
public sealed partial class App
{
    internal const string LanguageCookie = "portal-language";
    internal const string ZoneCookie = "portal-zone";

    // Prerendering would run every load twice and show figures that then blink.
    private static readonly InteractiveServerRenderMode Interactive = new(prerender: false);

    private string? _requestToken;

    [Inject] private Viewer Viewer { get; set; } = default!;

    [Inject] private Text T { get; set; } = default!;

    [Inject] private IAntiforgery Antiforgery { get; set; } = default!;

    [CascadingParameter] private HttpContext Context { get; set; } = default!;

    /// <summary>The account's choice; a browser's own choice replaces it before the first paint.</summary>
    private string? AccountTheme => Context.User.FindFirst("theme")?.Value is "light" or "dark" ? Context.User.FindFirst("theme")?.Value : null;

    /// <summary>The page has times and no circuit that could ask the browser for its zone.</summary>
    private bool AsksZone => Mode is null && KnownZone(Context) is null && Context.GetEndpoint()?.Metadata.GetMetadata<ShowsTimesAttribute>() is not null;

    private IComponentRenderMode? Mode => Context.AcceptsInteractiveRouting() ? Interactive : null;

    protected override void OnInitialized()
    {
        UseRequest(Viewer, Context);
        // Files are posted by the browser itself, not over the circuit; the token goes along as a header.
        _requestToken = Antiforgery.GetAndStoreTokens(Context).RequestToken;
    }

    /// <summary>The account's choice (claims <c>locale</c> and <c>zoneinfo</c>, OpenID Connect Core 5.1), then this browser's cookie, then what the browser asks for.</summary>
    internal static void UseRequest(Viewer viewer, HttpContext context) => viewer.Use(
        context.Request.Cookies[LanguageCookie] ?? context.User.FindFirst("locale")?.Value ?? Viewer.Negotiate(context.Request.Headers.AcceptLanguage),
        KnownZone(context));

    /// <summary>Null at a browser's first visit: the circuit asks it before anything is drawn, and theme.js keeps the answer in the cookie.</summary>
    private static string? KnownZone(HttpContext context) =>
        (context.User.FindFirst("zoneinfo")?.Value ?? context.Request.Cookies[ZoneCookie]) is { } zone && TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _) ? zone : null;
}
