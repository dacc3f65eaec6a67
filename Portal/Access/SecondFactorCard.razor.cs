using Hexabase.Portal.Access.Factors;
using Hexabase.Portal.Controls;
using Hexabase.Portal.Kernel;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Access;

/// <summary>Sets up and removes the viewer's authenticator app, passkeys and recovery codes; each change needs a fresh proof, to which the card leads.</summary>
public sealed partial class SecondFactorCard
{
    private ConfirmDialog? _confirm;
    private TotpOffer? _offer;
    private IReadOnlyList<string>? _codes;
    private string? _code;

    [Parameter, EditorRequired] public required SecondFactorsView View { get; set; }

    [Parameter] public EventCallback OnChanged { get; set; }

    private (Tone Tone, string Word) State => View switch
    {
        { Any: true, RecoveryCodesLeft: 0 } => (Tone.Warn, "factor.stateNoCodes"),
        { Any: true } => (Tone.Good, "factor.stateOn"),
        { Required: true } => (Tone.Bad, "factor.stateMissing"),
        _ => (Tone.Neutral, "factor.stateOff"),
    };

    private async Task BeginAsync()
    {
        var (done, offer) = await SendAsync(new BeginTotp());
        if (done) (_offer, _code) = (offer, null);
    }

    private async Task ConfirmAsync()
    {
        var (done, _) = await SendAsync(new ConfirmTotp(_code));
        if (!done) return;
        _offer = null;
        await MakeCodesAsync();
        await OnChanged.InvokeAsync();
    }

    private async Task MakeCodesAsync()
    {
        if (View.RecoveryCodesLeft > 0 && (_confirm is null || !await _confirm.AskAsync(new Question(T["factor.makeCodes"], T["factor.makeCodesText"], T["factor.makeCodes"])))) return;
        var (done, codes) = await SendAsync(new MakeRecoveryCodes());
        if (done) _codes = codes;
        await OnChanged.InvokeAsync();
    }

    private async Task RemoveTotpAsync()
    {
        if (_confirm is null || !await _confirm.AskAsync(new Question(T["factor.removeTitle", T["factor.totp"]], T["factor.removeText"], T["factor.remove"], Dangerous: true))) return;
        await RemoveAsync(new RemoveTotp());
    }

    private async Task RemovePasskeyAsync(PasskeyRow passkey)
    {
        if (_confirm is null || !await _confirm.AskAsync(new Question(T["factor.removeTitle", passkey.Name], T["factor.removeText"], T["factor.remove"], Dangerous: true))) return;
        await RemoveAsync(new RemovePasskey(passkey.Id));
    }

    private async Task RemoveAsync(Command<Done> command)
    {
        var (done, _) = await SendAsync(command);
        if (!done) return;
        Toasts.Show(T["factor.removed"], Tone.Good);
        await OnChanged.InvokeAsync();
    }
}
