using Hexabase.Portal.Access.Factors;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Controls;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Hexabase.Portal.Shell;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Access;

/// <summary>The viewer's own account: profile, password, second factors, sign-ins, open sessions, own tokens, and which roles they hold where.</summary>
public sealed partial class AccountPage
{
    private ConfirmDialog? _confirm;
    private ProfileRow? _profile;
    private IReadOnlyList<SessionRow> _sessions = [];
    private SecondFactorsView? _factors;
    private IReadOnlyList<SignInRow> _signIns = [];
    private IReadOnlyList<OwnTokenRow> _tokens = [];
    private IReadOnlyList<HeldRole> _roles = [];

    /// <summary>The code of a refused form post (a passkey that was not accepted).</summary>
    [SupplyParameterFromQuery(Name = "problem")] public string? Refused { get; set; }

    [Inject] private OrganizationDirectory Organizations { get; set; } = default!;

    [Inject] private Browser Browser { get; set; } = default!;

    protected override IReadOnlyCollection<string> Topics => [LiveTopic.Sessions, LiveTopic.Tokens];

    /// <summary>An organization's provider vouched for the session: how the person signs in is not changed from here.</summary>
    private bool ThroughProvider => Actor.ConnectionId is not null;

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        if (await AskAsync(new GetProfile()) is not { } profile || await AskAsync(new ListSessions()) is not { } sessions) return;
        if (await AskAsync(new GetSecondFactors()) is not { } factors || await AskAsync(new ListRecentSignIns()) is not { } signIns || await AskAsync(new ListOwnTokens()) is not { } tokens) return;
        (_profile, _sessions, _factors, _signIns, _tokens) = (profile, sessions, factors, signIns, tokens);
        var roles = new List<HeldRole>();
        foreach (var grant in Actor.Grants)
        {
            var tenant = grant.OrganizationId is { } id ? await Organizations.FindAsync(id.ToString(), cancellationToken) : null;
            if (grant.Scope == GrantScope.Platform || tenant is not null) roles.Add(new HeldRole(tenant?.Name, tenant?.Slug, grant.Permissions is null || tenant is null ? grant.Role : await NameAsync(tenant.Slug, grant.Role) ?? grant.Role));
        }

        _roles = roles;
    }

    /// <summary>The name of one of an organization's own roles.</summary>
    private async Task<string?> NameAsync(string org, string role) => (await Portal.AskAsync(Actor, new GetRole(org, role), Left)).TryGet(out var found, out _) ? found.Name : null;

    private async Task EndAsync(SessionRow session)
    {
        if (_confirm is null || !await _confirm.AskAsync(new Question(T["account.endTitle"], T["account.endText", AgentWords.Of(session.UserAgent, T)], T["shell.signOut"]))) return;
        var result = await SendAsync(new RevokeSession(session.Id));
        if (result.Problem is { } problem) Toasts.Show(T.Problem(problem), Tone.Bad);
        else Toasts.Show(T["account.ended"], Tone.Good);
        await ReloadAsync();
    }

    private async Task RevokeAsync(OwnTokenRow token)
    {
        if (_confirm is null || !await _confirm.AskAsync(new Question(T["tokens.revokeTitle", token.Name], T["tokens.revokeText"], T["tokens.revoke"], Dangerous: true))) return;
        var result = await SendAsync(new RevokeOwnToken(token.Id));
        if (result.Problem is { } problem) Toasts.Show(T.Problem(problem), Tone.Bad);
        else Toasts.Show(T["tokens.revokedNow", token.Name], Tone.Good);
        await ReloadAsync();
    }

    // The browser that asks leaves by the form: its cookie is cleared at the same time.
    private async Task SignOutEverywhereAsync()
    {
        if (_confirm is null || !await _confirm.AskAsync(new Question(T["account.everywhereTitle"], T["account.everywhereText"], T["account.everywhere"], Dangerous: true))) return;
        await Browser.CallAsync("portal.post", "/account/sign-out", new { everywhere = "true" });
    }

    /// <summary>A role at a place; no slug: the platform.</summary>
    private sealed record HeldRole(string? Where, string? Slug, string Role);
}
