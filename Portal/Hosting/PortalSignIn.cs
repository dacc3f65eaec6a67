using System.Security.Claims;
using System.Text.Encodings.Web;
using Hexabase.Portal.Access;
using Hexabase.Portal.Kernel;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.Options;

namespace Hexabase.Portal.Hosting;

/// <summary>The two ways in: a bearer token for programs, a session cookie for people. A request with an Authorization header never uses the cookie.</summary>
internal static class PortalSignIn
{
    public const string Scheme = "portal";
    public const string TokenScheme = "token";
    public const string SessionClaim = "sid";
    public const string TokenClaim = "tid";
    private const string CookieName = "portal-session";

    public static void AddPortalSignIn(this IServiceCollection services)
    {
        services.AddAuthentication(Scheme)
            .AddPolicyScheme(Scheme, null, o => o.ForwardDefaultSelector = http =>
                http.Request.Headers.ContainsKey("Authorization") ? TokenScheme : CookieAuthenticationDefaults.AuthenticationScheme)
            .AddScheme<AuthenticationSchemeOptions, TokenHandler>(TokenScheme, null)
            .AddCookie(o =>
            {
                o.Cookie.Name = CookieName;
                o.Cookie.HttpOnly = true;
                o.Cookie.SameSite = SameSiteMode.Lax;
                o.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
                o.Cookie.IsEssential = true;
                o.CookieManager = new HostCookies();
                // The session in the database decides; the cookie only names it.
                o.ExpireTimeSpan = TimeSpan.FromDays(30);
                o.SlidingExpiration = false;
                o.LoginPath = "/sign-in";
                o.AccessDeniedPath = "/";
                o.ReturnUrlParameter = "returnUrl";
                o.Events.OnValidatePrincipal = ValidateAsync;
                o.Events.OnRedirectToLogin = context => RefuseOrRedirect(context, StatusCodes.Status401Unauthorized);
                o.Events.OnRedirectToAccessDenied = context => RefuseOrRedirect(context, StatusCodes.Status403Forbidden);
            });
        services.AddAuthorization();
    }

    public static ClaimsPrincipal Principal(SessionIdentity session)
    {
        var claims = new List<Claim>
        {
            new("sub", session.UserId.ToString()),
            new(SessionClaim, session.SessionId.ToString()),
            new("name", session.DisplayName),
            new("preferred_username", session.UserName),
        };
        if (session.Culture is { } culture) claims.Add(new Claim("locale", culture));
        if (session.TimeZone is { } zone) claims.Add(new Claim("zoneinfo", zone));
        if (session.Theme is { } theme) claims.Add(new Claim("theme", theme));
        return new ClaimsPrincipal(new ClaimsIdentity(claims, CookieAuthenticationDefaults.AuthenticationScheme, "name", "role"));
    }

    /// <summary>The session that a principal names, if it is a person's.</summary>
    public static Guid? SessionOf(ClaimsPrincipal? user) => Guid.TryParse(user?.FindFirst(SessionClaim)?.Value, out var id) ? id : null;

    public static Guid? TokenOf(ClaimsPrincipal? user) => Guid.TryParse(user?.FindFirst(TokenClaim)?.Value, out var id) ? id : null;

    private static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var sessions = context.HttpContext.RequestServices.GetRequiredService<SessionDirectory>();
        var session = SessionOf(context.Principal) is { } id ? await sessions.FindAsync(id, context.HttpContext.RequestAborted) : null;
        if (session is null)
        {
            context.RejectPrincipal();
            context.Options.CookieManager.DeleteCookie(context.HttpContext, CookieName, context.Options.Cookie.Build(context.HttpContext));
            return;
        }

        context.ReplacePrincipal(Principal(session));
        context.HttpContext.SetActor(session.ToActor());
    }

    private static Task RefuseOrRedirect(RedirectContext<CookieAuthenticationOptions> context, int status)
    {
        if (ApiErrors.IsProgramPath(context.Request.Path)) context.Response.StatusCode = status;
        else context.Response.Redirect(context.RedirectUri);
        return Task.CompletedTask;
    }

    /// <summary>On https the cookie carries the <c>__Host-</c> prefix: this host only, whole site, never over http.</summary>
    private sealed class HostCookies : ICookieManager
    {
        private readonly ChunkingCookieManager _inner = new();

        public string? GetRequestCookie(HttpContext context, string key) => _inner.GetRequestCookie(context, Name(context, key));

        public void AppendResponseCookie(HttpContext context, string key, string? value, CookieOptions options) => _inner.AppendResponseCookie(context, Name(context, key), value, options);

        public void DeleteCookie(HttpContext context, string key, CookieOptions options) => _inner.DeleteCookie(context, Name(context, key), options);

        private static string Name(HttpContext context, string key) => context.Request.IsHttps ? "__Host-" + key : key;
    }

    private sealed class TokenHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, TokenDirectory tokens)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            const string prefix = "Bearer ";
            var header = Request.Headers.Authorization.ToString();
            if (!header.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)) return AuthenticateResult.Fail("Not a bearer token.");
            var token = await tokens.FindAsync(header[prefix.Length..].Trim(), Context.RequestAborted);
            if (token is null) return AuthenticateResult.Fail("The token does not hold.");
            await tokens.NoteUseAsync(token, Context.Address(), Context.RequestAborted);
            Context.SetActor(token.ToActor());
            var identity = new ClaimsIdentity([new Claim("sub", token.Id.ToString()), new Claim(TokenClaim, token.Id.ToString()), new Claim("name", token.Name)], TokenScheme, "name", "role");
            return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), TokenScheme));
        }
    }
}
