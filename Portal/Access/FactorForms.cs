using Hexabase.Portal.Access.Factors;
using Hexabase.Portal.Hosting;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Access;

/// <summary>Form posts of second factors: the second step of a sign-in, setting one up on the way in, proving again, password resets. Cookies and redirects, as in <see cref="AccountForms"/>.</summary>
internal static class FactorForms
{
    public static void MapFactorForms(this RouteGroupBuilder account)
    {
        account.MapPost("/factors/second-step", SecondStepAsync);
        account.MapPost("/factors/enrol", SecondStepAsync);
        account.MapPost("/factors/step-up", StepUpAsync);
        account.MapPost("/password-reset", ResetAsync);
    }

    /// <summary>Where a sign-in goes on whose password was right.</summary>
    public static IResult GoOn(HttpContext http, SignInStep step, string returnUrl)
    {
        DoorCookie.SecondStep.Keep(http, step.Ticket ?? "");
        return Results.LocalRedirect(Page(step.Need) + (returnUrl is { Length: > 0 } ? QueryString.Create("returnUrl", AccountForms.Local(returnUrl)) : QueryString.Empty));
    }

    public static string Page(SignInNeed need) => need == SignInNeed.Enrol ? "/sign-in/enrol" : "/sign-in/second-factor";

    /// <summary>Fields: code, returnUrl.</summary>
    private static async Task<IResult> SecondStepAsync(HttpContext http, SecondFactorSignIn signIn, SessionDirectory sessions)
    {
        if (await AccountForms.ReadAsync(http) is not { } form) return AccountForms.Back("/sign-in", "form.expired", null);
        var enrols = http.Request.Path.Value?.EndsWith("/enrol", StringComparison.Ordinal) == true;
        var result = await signIn.CompleteAsync(AccountForms.Visitor(http), http.Source(), DoorCookie.SecondStep.Read(http), form["code"], null, http.RequestAborted);
        return await EnterAsync(http, sessions, result, enrols ? SignInNeed.Enrol : SignInNeed.SecondFactor, enrols ? "/account#second-factor" : form["returnUrl"].ToString());
    }

    internal static async Task<IResult> EnterAsync(HttpContext http, SessionDirectory sessions, Result<SignedIn> result, SignInNeed need, string returnUrl)
    {
        if (!result.TryGet(out var signedIn, out var problem))
        {
            // Where the ticket has ended only the password helps; otherwise the page asks again.
            var page = problem.Code is FinishSignInCodes.Ended or FinishSignInCodes.SsoOnly || need == SignInNeed.None ? "/sign-in" : Page(need);
            return AccountForms.Back(page, problem.Code, need == SignInNeed.Enrol ? null : returnUrl, problem.RetryAfterSeconds);
        }

        DoorCookie.SecondStep.Forget(http);
        await AccountForms.EnterAsync(http, sessions, signedIn);
        return Results.LocalRedirect(AccountForms.Local(returnUrl));
    }

    /// <summary>Fields: code, or password for people without a second factor; returnUrl.</summary>
    private static async Task<IResult> StepUpAsync(HttpContext http, IPortal portal)
    {
        if (await AccountForms.ReadAsync(http) is not { } form) return AccountForms.Back("/account/step-up", "form.expired", null);
        var returnUrl = form["returnUrl"].ToString();
        var actor = http.Actor();
        if (actor.Kind != ActorKind.Person) return Results.LocalRedirect("/sign-in");
        var password = form["password"].ToString();
        var result = await portal.SendAsync(actor, new StepUp(form["code"], password.Length == 0 ? null : password), http.RequestAborted);
        return result.Problem is { } problem ? AccountForms.Back("/account/step-up", AccountForms.Code(problem), returnUrl, problem.RetryAfterSeconds) : Results.LocalRedirect(AccountForms.Local(returnUrl));
    }

    /// <summary>Fields: token (of the link), password. The person signs in afterwards, with their second factor where they have one.</summary>
    private static async Task<IResult> ResetAsync(HttpContext http, IPortal portal)
    {
        if (await AccountForms.ReadAsync(http) is not { } form) return AccountForms.Back("/sign-in", "form.expired", null);
        var token = form["token"].ToString();
        var result = await portal.SendAsync(AccountForms.Visitor(http), new UsePasswordReset(token, form["password"]), http.RequestAborted);
        return result.Problem is { } problem ? AccountForms.Back($"/reset/{Uri.EscapeDataString(token)}", AccountForms.Code(problem), null) : Results.LocalRedirect("/sign-in?done=reset");
    }
}

/// <summary>Codes of refusals that the door's pages tell apart.</summary>
internal static class FinishSignInCodes
{
    public const string Ended = "signIn.stepEnded";

    /// <summary>Single sign-on is enforced for the person.</summary>
    public const string SsoOnly = "signIn.sso";
}
