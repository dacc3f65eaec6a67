using Hexabase.Portal.Access.Factors;
using Hexabase.Portal.Hosting;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Access;

/// <summary>What passkey.js asks and posts: options as JSON, then the authenticator's answer as a form.</summary>
internal static class PasskeyForms
{
    private const int MaxCredential = 64 * 1024;

    public static void MapPasskeyForms(this RouteGroupBuilder account)
    {
        account.MapPost("/passkeys/options/{what}", OptionsAsync);
        account.MapPost("/passkeys/signIn", SignInAsync);
        account.MapPost("/passkeys/secondStep", SecondStepAsync);
        account.MapPost("/passkeys/stepUp", StepUpAsync);
        account.MapPost("/passkeys/add", AddAsync);
    }

    /// <summary>WebAuthn options: for a new passkey (add), or for showing one (signIn, secondStep, stepUp).</summary>
    private static async Task<IResult> OptionsAsync(string what, HttpContext http, PasskeyCeremony passkeys, PasskeyStore store, SecondFactorSignIn signIn, SessionDirectory sessions)
    {
        if (await AccountForms.ReadAsync(http) is null) return new ApiProblem(new Problem(ProblemKind.Malformed, "form.expired", "The page had been open for too long. Load it again."));
        var actor = http.Actor();
        switch (what)
        {
            case "signIn":
                return Json(await passkeys.AskAsync(http, null));
            case "secondStep" when await signIn.FindAsync(DoorCookie.SecondStep.Read(http), http.RequestAborted) is { Need: SignInNeed.SecondFactor } pending:
                return Json(await passkeys.AskAsync(http, await store.FindByIdAsync(pending.UserId.ToString(), http.RequestAborted)));
            case "stepUp" when actor.Kind == ActorKind.Person:
                return Json(await passkeys.AskAsync(http, await store.FindByIdAsync(actor.Id.ToString(), http.RequestAborted)));
            case "add" when actor is { Kind: ActorKind.Person, ConnectionId: null, SessionId: { } id } && await sessions.FindAsync(id, http.RequestAborted) is { } session:
                return Json(await passkeys.OfferAsync(http, actor, session.DisplayName));
            default:
                return new ApiProblem(PasskeyCeremony.Failed);
        }
    }

    private static async Task<IResult> SignInAsync(HttpContext http, PasskeyCeremony passkeys, SecondFactorSignIn signIn, SessionDirectory sessions, SignInThrottle throttle)
    {
        if (await AccountForms.ReadAsync(http) is not { } form) return AccountForms.Back("/sign-in", "form.expired", null);
        var returnUrl = form["returnUrl"].ToString();
        if (throttle.Begin($"passkey from {http.Source()}") is { } seconds) return AccountForms.Back("/sign-in", "signIn.throttled", returnUrl, seconds);
        var shown = await ShownAsync(http, passkeys, form);
        if (!shown.TryGet(out var passkey, out var problem)) return AccountForms.Back("/sign-in", problem.Code, returnUrl);
        var result = await signIn.ByPasskeyAsync(AccountForms.Visitor(http), passkey.UserId, passkey.Proof, http.RequestAborted);
        if (result.Succeeded) throttle.Succeeded($"passkey from {http.Source()}", "");
        return await FactorForms.EnterAsync(http, sessions, result, SignInNeed.None, returnUrl);
    }

    private static async Task<IResult> SecondStepAsync(HttpContext http, PasskeyCeremony passkeys, SecondFactorSignIn signIn, SessionDirectory sessions)
    {
        if (await AccountForms.ReadAsync(http) is not { } form) return AccountForms.Back("/sign-in", "form.expired", null);
        var (returnUrl, ticket) = (form["returnUrl"].ToString(), DoorCookie.SecondStep.Read(http));
        var pending = await signIn.FindAsync(ticket, http.RequestAborted);
        if (pending is null) return AccountForms.Back("/sign-in", FinishSignInCodes.Ended, returnUrl);
        var shown = await ShownAsync(http, passkeys, form);
        if (!shown.TryGet(out var passkey, out var problem)) return AccountForms.Back("/sign-in/second-factor", problem.Code, returnUrl);
        if (passkey.UserId != pending.UserId) return AccountForms.Back("/sign-in/second-factor", PasskeyCeremony.Failed.Code, returnUrl);
        var result = await signIn.CompleteAsync(AccountForms.Visitor(http), http.Source(), ticket, null, passkey.Proof, http.RequestAborted);
        return await FactorForms.EnterAsync(http, sessions, result, SignInNeed.SecondFactor, returnUrl);
    }

    private static async Task<IResult> StepUpAsync(HttpContext http, PasskeyCeremony passkeys, IPortal portal)
    {
        if (await AccountForms.ReadAsync(http) is not { } form) return AccountForms.Back("/account/step-up", "form.expired", null);
        var (returnUrl, actor) = (form["returnUrl"].ToString(), http.Actor());
        var shown = await ShownAsync(http, passkeys, form);
        if (!shown.TryGet(out var passkey, out var problem)) return AccountForms.Back("/account/step-up", problem.Code, returnUrl);
        if (passkey.UserId != actor.Id) return AccountForms.Back("/account/step-up", PasskeyCeremony.Failed.Code, returnUrl);
        var result = await portal.SendAsync(actor, new StepUp(Passkey: passkey.Proof), http.RequestAborted);
        return result.Problem is { } refusal ? AccountForms.Back("/account/step-up", AccountForms.Code(refusal), returnUrl, refusal.RetryAfterSeconds) : Results.LocalRedirect(AccountForms.Local(returnUrl));
    }

    /// <summary>Fields: credential, name.</summary>
    private static async Task<IResult> AddAsync(HttpContext http, PasskeyCeremony passkeys, IPortal portal)
    {
        if (await AccountForms.ReadAsync(http) is not { } form) return AccountForms.Back("/account", "form.expired", null);
        var (actor, credential) = (http.Actor(), form["credential"].ToString());
        if (actor.Kind != ActorKind.Person) return Results.LocalRedirect("/sign-in");
        var made = credential.Length > MaxCredential ? PasskeyCeremony.Failed : await passkeys.MadeAsync(http, actor, credential);
        if (!made.TryGet(out var passkey, out var problem)) return AccountForms.Back("/account", problem.Code, null);
        var added = await portal.SendAsync(actor, new AddPasskey(passkey, form["name"]), http.RequestAborted);
        if (added.Problem is not { } refusal) return Results.LocalRedirect("/account#second-factor");
        return refusal.Code == "access.mfa" ? Results.LocalRedirect("/account/step-up?returnUrl=%2Faccount") : AccountForms.Back("/account", AccountForms.Code(refusal), null);
    }

    private static async Task<Result<(Guid UserId, PasskeyProof Proof)>> ShownAsync(HttpContext http, PasskeyCeremony passkeys, IFormCollection form)
    {
        var shown = form["credential"].ToString() is { Length: > 0 and <= MaxCredential } credential ? await passkeys.ShownAsync(http, credential) : PasskeyCeremony.Failed;
        // Whose it was to be is not known: a forged answer is counted by where it came from.
        if (!shown.Succeeded) http.RequestServices.GetRequiredService<RefusalLog>().Count(http.Source(), "passkey.failed");
        return shown;
    }

    private static IResult Json(string options) => Results.Text(options, "application/json; charset=utf-8");
}
