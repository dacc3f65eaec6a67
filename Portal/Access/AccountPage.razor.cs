using Hexabase.Portal.Controls;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Hexabase.Portal.Shell;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Access;

/// <summary>The viewer's own account: profile, password, open sessions, and which roles they hold where.</summary>
public sealed partial class AccountPage
{
    private ConfirmDialog? _confirm;
    private ProfileRow? _profile;
    private IReadOnlyList<SessionRow> _sessions = [];
    private IReadOnlyList<HeldRole> _roles = [];

    [Inject] private OrganizationDirectory Organizations { get; set; } = default!;

    [Inject] private Browser Browser { get; set; } = default!;

    protected override IReadOnlyCollection<string> Topics => [LiveTopic.Sessions];

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        if (await AskAsync(new GetProfile()) is not { } profile || await AskAsync(new ListSessions()) is not { } sessions) return;
        (_profile, _sessions) = (profile, sessions);
        var roles = new List<HeldRole>();
        foreach (var grant in Actor.Grants)
        {
            var tenant = grant.OrganizationId is { } id ? await Organizations.FindAsync(id.ToString(), cancellationToken) : null;
            if (grant.Scope == GrantScope.Platform || tenant is not null) roles.Add(new HeldRole(tenant?.Name, tenant?.Slug, grant.Role));
        }

        _roles = roles;
    }

    private async Task EndAsync(SessionRow session)
    {
        if (_confirm is null || !await _confirm.AskAsync(new Question(T["account.endTitle"], T["account.endText", AgentWords.Of(session.UserAgent, T)], T["shell.signOut"]))) return;
        var result = await SendAsync(new RevokeSession(session.Id));
        if (result.Problem is { } problem) Toasts.Show(T.Problem(problem), Tone.Bad);
        else Toasts.Show(T["account.ended"], Tone.Good);
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
