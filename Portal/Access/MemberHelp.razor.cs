using Hexabase.Portal.Access.Policies;
using Hexabase.Portal.Controls;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Access;

/// <summary>What an administrator does for a member: a link for a new password, taking lost second factors away, signing them out everywhere.</summary>
public sealed partial class MemberHelp
{
    private ConfirmDialog? _confirm;
    private string? _link;
    private DateTime? _expires;

    [Parameter, EditorRequired] public required Guid OrganizationId { get; set; }

    [Parameter, EditorRequired] public required PersonRow Row { get; set; }

    private async Task ResetAsync()
    {
        if (_confirm is null || !await _confirm.AskAsync(new Question(T["help.reset"], T["help.resetText", Row.DisplayName], T["help.reset"]))) return;
        var (done, made) = await SendAsync(new CreatePasswordReset(Org, Row.Id));
        if (done && made is not null) (_link, _expires) = (Navigation.ToAbsoluteUri($"/reset/{made.Token}").ToString(), made.ExpiresAtUtc);
    }

    private async Task RemoveFactorsAsync()
    {
        if (_confirm is null || !await _confirm.AskAsync(new Question(T["help.factors"], T["help.factorsText", Row.DisplayName], T["help.factors"], Dangerous: true))) return;
        var (done, _) = await SendAsync(new ResetSecondFactors(Org, Row.Id));
        if (done) Toasts.Show(T["factor.removed"], Tone.Good);
    }

    private async Task SignOutAsync()
    {
        if (_confirm is null || !await _confirm.AskAsync(new Question(T["sessions.endPersonOf", Row.DisplayName], T["sessions.endPersonText"], T["sessions.endPerson"], Dangerous: true))) return;
        var (done, ended) = await SendAsync(new EndMemberSessions(Org, Row.Id));
        if (done) Toasts.Show(T.Plural("sessions.ended", ended), Tone.Good);
    }
}
