using Hexabase.Portal.Access.Policies;
using Hexabase.Portal.Controls;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Shell;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Access;

/// <summary>Who of the members is signed in where, signing them out, and the organization's session policy beside it.</summary>
public sealed partial class SessionsPage
{
    private DataTable<MemberSessionRow>? _table;
    private ConfirmDialog? _confirm;
    private SessionPolicyView? _policy;
    private string? _shownFilter;

    [SupplyParameterFromQuery(Name = "q")] public string? Filter { get; set; }

    /// <summary>The policy is open beside the list.</summary>
    [SupplyParameterFromQuery] public bool Policy { get; set; }

    protected override IReadOnlyCollection<string> Topics => [LiveTopic.Sessions];

    private bool MayWrite => May(AccessPermissions.WriteSessions);

    private int Lifetime => Math.Min(_policy?.LifetimeHours ?? int.MaxValue, _policy?.PortalLifetimeHours ?? int.MaxValue);

    private int Idle => Math.Min(_policy?.IdleMinutes ?? int.MaxValue, _policy?.PortalIdleMinutes ?? int.MaxValue);

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        if (await AskAsync(new GetSessionPolicy(Org ?? "")) is not { } policy) return;
        _policy = policy;
        if (_table is null) return;
        if (_shownFilter == Filter) await _table.RefreshAsync();
        else await _table.ResetAsync();
    }

    private Task<DataTablePage<MemberSessionRow>> LoadRowsAsync(DataTableQuery query, CancellationToken cancellationToken)
    {
        _shownFilter = Filter;
        return TableLoading.LoadAsync(query, Filter, page => Portal.AskAsync(Actor, new ListMemberSessions(Org ?? "", page), cancellationToken));
    }

    private Task EndAsync(MemberSessionRow session) =>
        AskAndSendAsync(new Question(T["account.endTitle"], T["account.endText", $"{session.DisplayName}, {AgentWords.Of(session.UserAgent, T)}"], T["shell.signOut"]), new EndMemberSession(Org ?? "", session.Id), _ => T["account.ended"]);

    private Task EndPersonAsync(MemberSessionRow session) =>
        AskAndSendAsync(new Question(T["sessions.endPersonOf", session.DisplayName], T["sessions.endPersonText"], T["sessions.endPerson"], Dangerous: true), new EndMemberSessions(Org ?? "", session.MemberId), n => T.Plural("sessions.ended", n));

    private Task EndEverybodyAsync() =>
        AskAndSendAsync(new Question(T["sessions.endAll"], T["sessions.endAllText"], T["sessions.endAll"], Dangerous: true, Typed: Tenant?.Slug), new EndAllSessions(Org ?? ""), n => T.Plural("sessions.ended", n));

    private async Task AskAndSendAsync<TAnswer>(Question question, Command<TAnswer> command, Func<TAnswer, string> words)
    {
        if (_confirm is null || !await _confirm.AskAsync(question)) return;
        var result = await SendAsync(command);
        Toasts.Show(result.TryGet(out var answer, out var problem) ? words(answer) : T.Problem(problem), problem is null ? Tone.Good : Tone.Bad);
        await ReloadAsync();
    }

    private string Address(bool policy = false) => Navigation.GetUriWithQueryParameter("policy", policy ? true : null);
}
