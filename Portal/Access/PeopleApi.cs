using Hexabase.Portal.Hosting;

namespace Hexabase.Portal.Access;

/// <summary>Members and invitations of an organization, and the caller's own account.</summary>
internal static class PeopleApi
{
    public static void MapPeople(this RouteGroupBuilder api)
    {
        var people = api.MapGroup("/organizations/{org}/people").WithTags("People");
        people.MapGet("", (string org, ApiCall call) => call.ListAsync(page => new ListPeople(org, page), p => p, AccessFiles.People))
            .WithName("listPeople").WithSummary("The members of an organization; filter searches names");
        people.MapGet("/{id:guid}", (string org, Guid id, ApiCall call) => call.AskAsync(new GetPerson(org, id), p => p, p => p.Version))
            .WithName("getPerson").WithSummary("One member of an organization");
        people.MapPatch("/{id:guid}", (string org, Guid id, RoleBody body, ApiCall call) => call.SendAsync(new ChangeMemberRole(org, id, body.Role, call.IfMatch), p => p, p => p.Version))
            .WithName("changeMemberRole").WithSummary("Gives a member another role");
        people.MapDelete("/{id:guid}", (string org, Guid id, ApiCall call) => call.RemoveAsync(new RemoveMember(org, id, call.IfMatch)))
            .WithName("removeMember").WithSummary("Takes a person out of the organization");

        var invitations = api.MapGroup("/organizations/{org}/invitations").WithTags("People");
        invitations.MapGet("", (string org, ApiCall call) => call.ListAsync(page => new ListInvitations(org, page), i => i))
            .WithName("listInvitations").WithSummary("Open invitations, newest first");
        invitations.MapPost("", (string org, InvitationBody body, ApiCall call) => call.CreateAsync(
                new InviteMember(org, body.Email, body.Role), i => new { i.Row.Id, i.Row.Email, i.Row.Role, i.Row.ExpiresAtUtc, i.Row.Version, Link = Link(call.Http, i.Token) },
                i => $"/api/v1/organizations/{org}/invitations/{i.Row.Id}", i => i.Row.Version))
            .WithName("inviteMember").WithSummary("Invites a person; the link is in this answer only");
        invitations.MapDelete("/{id:guid}", (string org, Guid id, ApiCall call) => call.RemoveAsync(new RevokeInvitation(org, id)))
            .WithName("revokeInvitation").WithSummary("Takes an invitation back");

        var account = api.MapGroup("/account").WithTags("Account");
        account.MapGet("", (ApiCall call) => call.AskAsync(new GetProfile(), p => p, p => p.Version)).WithName("getProfile").WithSummary("The caller's own account");
        account.MapPatch("", (ProfileBody body, ApiCall call) => call.SendAsync(new ChangeProfile(body.DisplayName, body.Culture, body.TimeZone, body.Theme), p => p, p => p.Version)).WithName("changeProfile").WithSummary("Changes name, language, zone or theme");
        account.MapGet("/sessions", (ApiCall call) => call.AskAsync(new ListSessions(), s => new { items = s, nextCursor = (string?)null })).WithName("listSessions").WithSummary("The caller's open sessions");
        account.MapDelete("/sessions/{id:guid}", (Guid id, ApiCall call) => call.RemoveAsync(new RevokeSession(id))).WithName("revokeSession").WithSummary("Signs one browser out");
        account.MapPost("/password", (PasswordBody body, ApiCall call) => call.RemoveAsync(new ChangePassword(body.CurrentPassword, body.NewPassword)))
            .WithName("changePassword").WithSummary("Changes the caller's password; their other sessions end");
    }

    /// <summary>The address that an invitation is opened by.</summary>
    internal static string Link(HttpContext http, string token) => $"{http.Request.Scheme}://{http.Request.Host}/invitation/{token}";

    internal sealed record RoleBody(string? Role);

    internal sealed record InvitationBody(string? Email, string? Role);

    internal sealed record ProfileBody(string? DisplayName, string? Culture, string? TimeZone, string? Theme);

    internal sealed record PasswordBody(string? CurrentPassword, string? NewPassword);
}
