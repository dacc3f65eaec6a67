using Hexabase.Portal.Access.Factors;
using Hexabase.Portal.Access.Policies;
using Hexabase.Portal.Hosting;

namespace Hexabase.Portal.Access;

/// <summary>Sessions of an organization's members, its session policy, and helping members who cannot sign in.</summary>
internal static class SessionsApi
{
    public static void MapSessions(this RouteGroupBuilder api)
    {
        var sessions = api.MapGroup("/organizations/{org}/sessions").WithTags("Sessions");
        sessions.MapGet("", (string org, ApiCall call) => call.ListAsync(page => new ListMemberSessions(org, page), s => s)).WithName("listMemberSessions").WithSummary("Open sessions of the members, newest first; filter searches names");
        sessions.MapDelete("/{id:guid}", (string org, Guid id, ApiCall call) => call.RemoveAsync(new EndMemberSession(org, id))).WithName("endMemberSession").WithSummary("Signs one browser of a member out");
        sessions.MapPost("/end-all", (string org, ApiCall call) => call.SendAsync(new EndAllSessions(org), n => new { ended = n })).WithName("endAllSessions").WithSummary("Signs every member out");

        var policy = api.MapGroup("/organizations/{org}/session-policy").WithTags("Sessions");
        policy.MapGet("", (string org, ApiCall call) => call.AskAsync(new GetSessionPolicy(org), p => p, p => p.Version)).WithName("getSessionPolicy").WithSummary("Times and second factors that the organization asks for, and how many members lack one");
        policy.MapPut("", (string org, PolicyBody body, ApiCall call) => call.SendAsync(new SetSessionPolicy(org, body.LifetimeHours, body.IdleMinutes, body.MfaFor, body.GraceDays ?? 0, call.IfMatch), p => p, p => p.Version))
            .WithName("setSessionPolicy").WithSummary("Sets the session policy");

        var people = api.MapGroup("/organizations/{org}/people/{id:guid}").WithTags("People");
        people.MapPost("/sign-out", (string org, Guid id, ApiCall call) => call.SendAsync(new EndMemberSessions(org, id), n => new { ended = n })).WithName("signMemberOut").WithSummary("Signs a member out of every browser");
        people.MapPost("/password-reset", (string org, Guid id, ApiCall call) => call.SendAsync(new CreatePasswordReset(org, id), r => new { r.UserName, r.ExpiresAtUtc, Link = Link(call.Http, r.Token) }))
            .WithName("createPasswordReset").WithSummary("Makes a one-time link for a new password; the link is in this answer only");
        people.MapDelete("/second-factors", (string org, Guid id, ApiCall call) => call.RemoveAsync(new ResetSecondFactors(org, id))).WithName("resetSecondFactors").WithSummary("Takes the second factors of a member away who lost them");

        var account = api.MapGroup("/account").WithTags("Account");
        account.MapGet("/second-factors", (ApiCall call) => call.AskAsync(new GetSecondFactors(), f => f)).WithName("getSecondFactors").WithSummary("The caller's own second factors");
        account.MapGet("/sign-ins", (ApiCall call) => call.AskAsync(new ListRecentSignIns(), s => new { items = s, nextCursor = (string?)null })).WithName("listSignIns").WithSummary("The caller's own sign-ins of the last 30 days");
        account.MapGet("/tokens", (ApiCall call) => call.AskAsync(new ListOwnTokens(), t => new { items = t, nextCursor = (string?)null })).WithName("listOwnTokens").WithSummary("The caller's own tokens, in every organization");
        account.MapDelete("/tokens/{id:guid}", (Guid id, ApiCall call) => call.RemoveAsync(new RevokeOwnToken(id))).WithName("revokeOwnToken").WithSummary("Ends one of the caller's own tokens");
    }

    /// <summary>The address by which a new password is chosen.</summary>
    internal static string Link(HttpContext http, string token) => $"{http.Request.Scheme}://{http.Request.Host}/reset/{token}";

    internal sealed record PolicyBody(int? LifetimeHours, int? IdleMinutes, MfaRule MfaFor, int? GraceDays);
}
