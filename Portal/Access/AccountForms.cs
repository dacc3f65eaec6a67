using Hexabase.Portal.Access.Sso.Entry;
using Hexabase.Portal.Hosting;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Sso;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace Hexabase.Portal.Access;

/// <summary>
/// What sets and clears the session cookie, as plain form posts: an interactive page cannot set cookies. A refusal goes back to the page with its code as
/// <c>?problem=</c>; success goes to a path of this portal only.
/// </summary>
internal static class AccountForms
{
    public static void MapAccount(this IEndpointRouteBuilder routes)
    {
        var account = routes.MapGroup("/account").ExcludeFromDescription();
        account.MapPost("/sign-in", SignInAsync);
        account.MapPost("/sign-out", SignOutAsync);
        account.MapPost("/setup", SetUpAsync);
        account.MapPost("/accept-invitation", AcceptAsync);
        account.MapFactorForms();
        account.MapPasskeyForms();
    }

    /// <summary>Fields: userName, password, returnUrl.</summary>
    private static async Task<IResult> SignInAsync(HttpContext http, PasswordSignIn signIn, SessionDirectory sessions)
    {
        if (await ReadAsync(http) is not { } form) return Back("/sign-in", "form.expired", null);
        var returnUrl = form["returnUrl"].ToString();
        var result = await signIn.SignInAsync(Visitor(http), http.Source(), form["userName"], form["password"], http.RequestAborted);
        if (!result.TryGet(out var step, out var problem))
        {
            if (problem.RetryAfterSeconds is { } seconds) http.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
            if (problem.Kind == ProblemKind.TooManyRequests && !IsBrowser(http)) return new ApiProblem(problem);
            DoorMemory.Keep(http, "/sign-in", form);
            return Back("/sign-in", problem.Code, returnUrl, problem.RetryAfterSeconds);
        }

        if (step.Session is not { } signedIn) return FactorForms.GoOn(http, step, returnUrl);
        await EnterAsync(http, sessions, signedIn);
        return Results.LocalRedirect(Local(returnUrl));
    }

    private static async Task<IResult> SignOutAsync(HttpContext http, IPortal portal, SsoLeaving leaving)
    {
        if (await ReadAsync(http) is not { } form) return Results.LocalRedirect("/");
        var actor = http.Actor();
        if (actor.Kind == ActorKind.Person) await portal.SendAsync(actor, new SignOut(form["everywhere"] == "true"), http.RequestAborted);
        await http.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        // The provider's session would sign the next person in who sits down here.
        var elsewhere = await leaving.SignOutAddressAsync(actor.ConnectionId, SsoForms.Addresses(http), http.RequestAborted);
        return elsewhere is null ? Results.LocalRedirect("/sign-in") : Leaving.To(http, elsewhere);
    }

    /// <summary>Fields: token (of the link), userName, displayName, password.</summary>
    private static async Task<IResult> SetUpAsync(HttpContext http, IPortal portal, PasswordSignIn signIn, SessionDirectory sessions)
    {
        if (await ReadAsync(http) is not { } form) return Back("/sign-in", "form.expired", null);
        var token = form["token"].ToString();
        var made = await portal.SendAsync(Visitor(http), new CreateFirstAdministrator(token, form["userName"], form["displayName"], form["password"]), http.RequestAborted);
        if (made.Problem is { } problem)
        {
            DoorMemory.Keep(http, $"/setup/{token}", form);
            return Back($"/setup/{Uri.EscapeDataString(token)}", Code(problem), null);
        }

        return await SignInNewAsync(http, signIn, sessions, form["userName"], form["password"], "/");
    }

    /// <summary>Fields: token (of the link), displayName, password; none but the token for someone who is signed in.</summary>
    private static async Task<IResult> AcceptAsync(HttpContext http, IPortal portal, PasswordSignIn signIn, SessionDirectory sessions)
    {
        if (await ReadAsync(http) is not { } form) return Back("/sign-in", "form.expired", null);
        var token = form["token"].ToString();
        var page = $"/invitation/{Uri.EscapeDataString(token)}";
        var actor = http.Actor();
        var invitation = await portal.AskAsync(actor, new FindInvitation(token), http.RequestAborted);
        if (!invitation.TryGet(out var open, out var problem)) return Back(page, problem.Code, null);
        var accepted = await portal.SendAsync(actor, new AcceptInvitation(token, form["displayName"], form["password"]), http.RequestAborted);
        if (!accepted.TryGet(out var member, out problem))
        {
            DoorMemory.Keep(http, $"/invitation/{token}", form);
            return Back(page, Code(problem), null);
        }

        return actor.Kind == ActorKind.Person ? Results.LocalRedirect($"/o/{member.OrganizationSlug}") : await SignInNewAsync(http, signIn, sessions, open.Email, form["password"], $"/o/{member.OrganizationSlug}");
    }

    private static async Task<IResult> SignInNewAsync(HttpContext http, PasswordSignIn signIn, SessionDirectory sessions, string? userName, string? password, string to)
    {
        var result = await signIn.SignInAsync(Visitor(http), http.Source(), userName, password, http.RequestAborted);
        if (!result.TryGet(out var step, out var problem)) return Back("/sign-in", problem.Code, null);
        if (step.Session is not { } signedIn) return FactorForms.GoOn(http, step, to);
        await EnterAsync(http, sessions, signedIn);
        return Results.LocalRedirect(to);
    }

    /// <summary>Gives the browser its new session; the one it had ends.</summary>
    internal static async Task EnterAsync(HttpContext http, SessionDirectory sessions, SignedIn signedIn)
    {
        if (await sessions.FindAsync(signedIn.SessionId, http.RequestAborted) is not { } session) return;
        var before = http.Actor();
        if (before.Kind == ActorKind.Person && before.SessionId != signedIn.SessionId) await http.RequestServices.GetRequiredService<IPortal>().SendAsync(before, new SignOut(), http.RequestAborted);
        await http.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, PortalSignIn.Principal(session), new AuthenticationProperties { IsPersistent = true, ExpiresUtc = signedIn.ExpiresAtUtc });
    }

    /// <summary>Null when the form's token is missing or old: the page is shown again with a fresh one.</summary>
    internal static async Task<IFormCollection?> ReadAsync(HttpContext http)
    {
        if (!http.Request.HasFormContentType) return null;
        try
        {
            await http.RequestServices.GetRequiredService<IAntiforgery>().ValidateRequestAsync(http);
            return await http.Request.ReadFormAsync(http.RequestAborted);
        }
        catch (Exception e) when (e is AntiforgeryValidationException || IsUnreadable(e))
        {
            return null;
        }
    }

    /// <summary>The form is cut off, too large, not built as forms are, or of a charset that the framework does not read.</summary>
    internal static bool IsUnreadable(Exception e) => e is InvalidDataException or IOException or NotSupportedException;

    internal static Actor Visitor(HttpContext http) => http.Actor() with { Kind = ActorKind.Anonymous, Id = Guid.Empty, Name = Actor.Anonymous.Name, Grants = [], SessionId = null, ConnectionId = null, MfaAtUtc = null };

    internal static IResult Back(string page, string code, string? returnUrl, int? waitSeconds = null)
    {
        var query = QueryString.Create("problem", code);
        if (waitSeconds is { } seconds) query = query.Add("wait", seconds.ToString(System.Globalization.CultureInfo.InvariantCulture));
        if (returnUrl is { Length: > 0 }) query = query.Add("returnUrl", Local(returnUrl));
        return Results.LocalRedirect(page + query);
    }

    /// <summary>A person reads the refusal on the page; a program gets 429.</summary>
    private static bool IsBrowser(HttpContext http) => http.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    /// <summary>A single wrong field is named by its own code.</summary>
    internal static string Code(Problem problem) => problem.Errors is [var only, ..] ? only.Code : problem.Code;

    /// <summary>Only a path of this portal; anything else would send people away with a link that looks like ours.</summary>
    internal static string Local(string? url) =>
        url is ['/', ..] && !url.StartsWith("//", StringComparison.Ordinal) && !url.StartsWith("/\\", StringComparison.Ordinal) && !url.Any(char.IsControl) && url.Length <= 2000 ? url : "/";
}
