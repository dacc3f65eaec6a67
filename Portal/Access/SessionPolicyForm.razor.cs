using System.Globalization;
using Hexabase.Portal.Access.Policies;
using Hexabase.Portal.Controls;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Access;

/// <summary>Times and second factors of an organization's sessions; says before saving how many people would have to set one up.</summary>
public sealed partial class SessionPolicyForm
{
    private string? _lifetime;
    private string? _idle;
    private string? _grace;
    private MfaRule _mfaFor;

    [Parameter, EditorRequired] public required SessionPolicyView Row { get; set; }

    [Parameter] public bool CanEdit { get; set; }

    [Parameter] public EventCallback OnSaved { get; set; }

    private IReadOnlyList<(MfaRule, string)> Rules => [.. Enum.GetValues<MfaRule>().Select(r => (r, T[SessionWords.Rule(r)]))];

    private int Lacking => _mfaFor == MfaRule.Admins ? Row.LackingAdmins : Row.LackingEverybody;

    protected override void OnInitialized() =>
        (_lifetime, _idle, _grace, _mfaFor) = (Row.LifetimeHours?.ToString(CultureInfo.InvariantCulture), Row.IdleMinutes?.ToString(CultureInfo.InvariantCulture), Row.GraceDays.ToString(CultureInfo.InvariantCulture), Row.MfaFor);

    private async Task SaveAsync()
    {
        // What is no number is refused by the command, with the field's own words.
        var (done, _) = await SendAsync(new SetSessionPolicy(Org, Number(_lifetime), Number(_idle), _mfaFor, Number(_grace) ?? 0, Row.Version));
        if (!done) return;
        Toasts.Show(T["form.saved"], Tone.Good);
        await OnSaved.InvokeAsync();
    }

    private static int? Number(string? text) => string.IsNullOrWhiteSpace(text) ? null : int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
}
