using Hexabase.Portal.Access;
using Hexabase.Portal.Audit.Persons;
using Hexabase.Portal.Controls;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.AuditRetention;

/// <summary>Erases a person from the log (GDPR article 17), with what that does and what it leaves.</summary>
public sealed partial class ErasePanel
{
    private static readonly IReadOnlyList<string> Will = ["retention.will.keys", "retention.will.search", "retention.will.archives", "retention.will.record"];
    private static readonly IReadOnlyList<string> Wont = ["retention.wont.proofs", "retention.wont.account", "retention.wont.copies", "retention.wont.reasons", "retention.wont.later"];

    private ConfirmDialog? _confirm;
    private bool _byName;
    private Guid? _user;
    private string? _name;
    private string? _reason;
    private ErasureResult? _erased;

    [Parameter, EditorRequired] public required IReadOnlyList<PersonRow> People { get; set; }

    /// <summary>There are more members than the list holds.</summary>
    [Parameter] public bool MorePeople { get; set; }

    [Parameter] public bool MayWrite { get; set; }

    private IReadOnlyList<(bool, string)> Ways => People.Count == 0 ? [(true, T["retention.byName"])] : [(false, T["retention.byMember"]), (true, T["retention.byName"])];

    private IReadOnlyList<(Guid?, string)> Members => [(null, T["retention.choose"]), .. People.Select(p => ((Guid?)p.UserId, NameOf(p)))];

    internal static string NameOf(PersonRow person) => person.DisplayName.Length > 0 && person.DisplayName != person.UserName ? $"{person.DisplayName} ({person.UserName})" : person.UserName;

    protected override void OnInitialized() => _byName = People.Count == 0;

    private void PickWay(bool byName) => (_byName, Problem) = (byName, null);

    private async Task EraseAsync()
    {
        _erased = null;
        var name = _byName ? _name?.Trim() : null;
        var user = _byName ? null : _user;
        var typed = name ?? People.FirstOrDefault(p => p.UserId == user)?.UserName;
        // What is missing is said at the field, before anything is confirmed.
        var whole = !string.IsNullOrEmpty(typed) && !string.IsNullOrWhiteSpace(_reason);
        if (whole && (_confirm is null || !await _confirm.AskAsync(new Question(T["retention.confirmTitle"], T["retention.confirmText"], T["retention.erase"], Dangerous: true, Typed: typed)))) return;
        var (done, result) = await SendAsync(new ErasePerson(Org, user, name, _reason ?? ""));
        if (!done) return;
        (_erased, _user, _name, _reason) = (result, null, null, null);
        Toasts.Show(T["retention.eraseDone"], Tone.Good);
    }
}
