using System.Globalization;
using Hexabase.Portal.Access;
using Hexabase.Portal.Access.Sso;
using Hexabase.Portal.Access.Sso.Connections;
using Hexabase.Portal.Access.Sso.Entry;
using Hexabase.Portal.Access.Sso.Saml;
using Hexabase.Portal.Data;
using Hexabase.Portal.Hosting;
using Hexabase.Portal.Kernel;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace Hexabase.Portal.Sso;

/// <summary>What browsers and providers of people call, as plain HTTP. A refusal leads to a page with a short code and nothing that helps an attacker; no answer is a 5xx for anything that was sent.</summary>
internal static class SsoForms
{
    // With a body, so that machines get no page that leads to the sign-in.
    private static readonly IResult Missing = Results.Text("There is no such connection.", "text/plain", statusCode: StatusCodes.Status404NotFound);
    private const int MaxFormBytes = SamlResponse.MaxFormChars + (64 * 1024);

    public static void MapSso(this IEndpointRouteBuilder routes)
    {
        var sso = routes.MapGroup("/sso").ExcludeFromDescription();
        sso.AddEndpointFilter(WhileDatabaseIsUpAsync);
        sso.MapPost("/start", StartAsync);
        sso.MapGet("/test/{connection:guid}", TestAsync);
        sso.MapGet("/oidc/callback/{connection:guid}", CallbackAsync);
        sso.MapPost("/oidc/callback/{connection:guid}", (HttpContext http, Guid connection, SsoSignIn signIn) => RefuseAsync(http, connection, SsoKind.Oidc, signIn));
        sso.MapPost("/oidc/backchannel-logout", BackChannelAsync);
        sso.MapGet("/oidc/keys/{connection:guid}", KeysAsync);
        sso.MapPost("/saml/{connection:guid}/acs", ConsumeAsync);
        sso.MapGet("/saml/{connection:guid}/acs", (HttpContext http, Guid connection, SsoSignIn signIn) => RefuseAsync(http, connection, SsoKind.Saml, signIn));
        sso.MapGet("/saml/{connection:guid}/metadata", MetadataAsync);
        sso.MapPost("/break-glass", BreakGlassAsync);
        sso.MapGet("/signed-out", () => Results.LocalRedirect("/sign-in"));
    }

    /// <summary>The portal's addresses for this request.</summary>
    public static SsoAddresses Addresses(HttpContext http) => SsoAddresses.Of(http.RequestServices.GetRequiredService<IOptions<SsoOptions>>().Value, http.Request.Scheme, http.Request.Host.Value ?? "");

    /// <summary>Fields: who (an e-mail address or an organization's slug), returnUrl.</summary>
    private static async Task<IResult> StartAsync(HttpContext http, SsoSignIn signIn)
    {
        if (await AccountForms.ReadAsync(http) is not { } form) return AccountForms.Back("/sign-in", "form.expired", null);
        var returnUrl = form["returnUrl"].ToString();
        if (await signIn.StartAsync(AccountForms.Visitor(http), form["who"], returnUrl, Addresses(http), http.RequestAborted) is not { } begun) return AccountForms.Back("/sign-in", "sso.none", returnUrl);
        return Depart(http, begun);
    }

    /// <summary>An administrator's test; query: org, returnUrl.</summary>
    private static async Task<IResult> TestAsync(HttpContext http, Guid connection, string? org, string? returnUrl, SsoSignIn signIn)
    {
        var actor = http.Actor();
        if (actor.Kind != ActorKind.Person) return Results.LocalRedirect("/sign-in" + QueryString.Create("returnUrl", AccountForms.Local(http.Request.Path + http.Request.QueryString)));
        return Depart(http, await signIn.TestAsync(actor, org ?? "", connection, returnUrl is null ? "/sso/notice?kind=tested" : returnUrl, Addresses(http), http.RequestAborted));
    }

    private static IResult Depart(HttpContext http, Result<SsoDeparture> begun)
    {
        if (!begun.TryGet(out var departure, out var problem)) return Notice(problem.Code is "sso.provider" or "sso.retry" ? problem.Code[4..] : "test", problem.Args is [string reference] ? reference : null);
        SsoCookies.Keep(http, departure);
        return Leaving.To(http, departure.To);
    }

    private static async Task<IResult> CallbackAsync(HttpContext http, Guid connection, SsoSignIn signIn, SessionDirectory sessions)
    {
        var parameters = http.Request.Query.SelectMany(q => q.Value, (q, value) => KeyValuePair.Create(q.Key, value ?? "")).ToList();
        var pending = SsoCookies.Take(http, SsoKind.Oidc, http.Request.Query["state"].FirstOrDefault());
        return await EnterAsync(http, sessions, await signIn.CompleteOidcAsync(AccountForms.Visitor(http), connection, pending, parameters, Addresses(http), http.RequestAborted));
    }

    /// <summary>Fields: SAMLResponse, RelayState. Comes from the provider's page, so there is no antiforgery token; the request's cookie stands for it.</summary>
    private static async Task<IResult> ConsumeAsync(HttpContext http, Guid connection, SsoSignIn signIn, SessionDirectory sessions)
    {
        if (await FormAsync(http) is not { } form || form["SAMLResponse"].Count > 1 || form["RelayState"].Count > 1) return await RefuseAsync(http, connection, SsoKind.Saml, signIn);
        var relayState = form["RelayState"].FirstOrDefault();
        var pending = SsoCookies.Take(http, SsoKind.Saml, relayState);
        return await EnterAsync(http, sessions, await signIn.CompleteSamlAsync(AccountForms.Visitor(http), connection, pending, form["SAMLResponse"].FirstOrDefault(), relayState, Addresses(http), http.RequestAborted));
    }

    /// <summary>What comes by another way than answers do; that of no connection stands in the platform's own log.</summary>
    private static async Task<IResult> RefuseAsync(HttpContext http, Guid connection, SsoKind kind, SsoSignIn signIn)
    {
        http.Response.Headers.CacheControl = "no-store";
        return TurnAway(http, await signIn.RefuseAsync(AccountForms.Visitor(http), connection, kind, http.RequestAborted));
    }

    private static IResult TurnAway(HttpContext http, SsoTurnedAway? away)
    {
        if (away is { IsNoted: false }) http.RequestServices.GetRequiredService<RefusalLog>().Count(http.Source(), "sso.unknown");
        return Notice(away?.Kind ?? "retry", away?.Reference);
    }

    private static async Task<IResult> EnterAsync(HttpContext http, SessionDirectory sessions, (SsoEntry? Entry, SsoTurnedAway? Away) outcome)
    {
        http.Response.Headers.CacheControl = "no-store";
        if (outcome.Entry is not { } entry) return TurnAway(http, outcome.Away);
        if (entry.Session is { } session) await AccountForms.EnterAsync(http, sessions, session);
        return Results.LocalRedirect(ReturnPath.Local(entry.ReturnPath));
    }

    /// <summary>Field: logout_token (OpenID Connect Back-Channel Logout 1.0 section 2.8).</summary>
    private static async Task<IResult> BackChannelAsync(HttpContext http, SsoLeaving leaving)
    {
        http.Response.Headers.CacheControl = "no-store";
        var form = await FormAsync(http);
        var refusal = form is null || form["logout_token"].Count > 1 ? "unreadable" : (await leaving.BackChannelAsync(AccountForms.Visitor(http), form["logout_token"].FirstOrDefault(), http.RequestAborted))?.Code;
        if (refusal is null) return Results.Ok();
        http.RequestServices.GetRequiredService<RefusalLog>().Count(http.Source(), "sso.logout");
        return Results.Json(new { error = "invalid_request" }, statusCode: StatusCodes.Status400BadRequest);
    }

    private static async Task<IResult> KeysAsync(Guid connection, SsoDoors doors, CancellationToken cancellationToken) =>
        await doors.KeySetAsync(connection, cancellationToken) is { } keys ? Results.Bytes(keys, "application/jwk-set+json") : Missing;

    private static async Task<IResult> MetadataAsync(HttpContext http, Guid connection, SsoDoors doors) =>
        await doors.MetadataAsync(connection, Addresses(http), http.RequestAborted) is { } metadata ? Results.Text(metadata, "application/samlmetadata+xml") : Missing;

    /// <summary>Fields: organization, code, person, reason.</summary>
    private static async Task<IResult> BreakGlassAsync(HttpContext http, BreakGlassSignIn signIn, SessionDirectory sessions)
    {
        if (await AccountForms.ReadAsync(http) is not { } form) return AccountForms.Back("/break-glass", "form.expired", null);
        var result = await signIn.SignInAsync(AccountForms.Visitor(http), http.Source(), form["organization"], form["code"], form["person"], form["reason"], http.RequestAborted);
        if (!result.TryGet(out var session, out var problem))
        {
            if (problem.RetryAfterSeconds is { } seconds) http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            return AccountForms.Back("/break-glass", AccountForms.Code(problem), null, problem.RetryAfterSeconds);
        }

        await AccountForms.EnterAsync(http, sessions, session);
        return Results.LocalRedirect($"/o/{Uri.EscapeDataString(form["organization"].ToString().Trim())}");
    }

    /// <summary>A form of a stranger: bounded, and unreadable ones are none.</summary>
    private static async Task<IFormCollection?> FormAsync(HttpContext http)
    {
        if (!http.Request.HasFormContentType) return null;
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = MaxFormBytes;
        try
        {
            return await http.Request.ReadFormAsync(new FormOptions { ValueLengthLimit = SamlResponse.MaxFormChars, ValueCountLimit = 20, KeyLengthLimit = 100 }, http.RequestAborted);
        }
        catch (Exception e) when (AccountForms.IsUnreadable(e))
        {
            return null;
        }
    }

    /// <summary>The ground is gone: said so, and to come back, like everywhere else.</summary>
    private static async ValueTask<object?> WhileDatabaseIsUpAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (Exception e) when (!context.HttpContext.Response.HasStarted && context.HttpContext.RequestServices.GetRequiredService<DatabaseEngine>().AsOutage(e) is { } outage)
        {
            return new ApiProblem(outage);
        }
    }

    /// <summary>The page that says what happened in a short code and a kind of trouble.</summary>
    private static IResult Notice(string kind, string? reference)
    {
        var query = QueryString.Create("kind", kind);
        return Results.LocalRedirect("/sso/notice" + (reference is null ? query : query.Add("ref", reference)));
    }
}
