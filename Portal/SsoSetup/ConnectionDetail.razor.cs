using Hexabase.Portal.Access.Sso;
using Hexabase.Portal.Access.Sso.Connections;
using Hexabase.Portal.AccessRoles;
using Hexabase.Portal.Controls;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Options;

namespace Hexabase.Portal.SsoSetup;

/// <summary>One connection: what to enter at the provider, what is set here, and the way to enforcing it.</summary>
public sealed partial class ConnectionDetail
{
    private ConfirmDialog? _confirm;

    [Parameter, EditorRequired] public required SsoConnectionRow Row { get; set; }

    [Parameter] public bool MayWrite { get; set; }

    [Parameter] public int VerifiedDomains { get; set; }

    [Parameter] public bool BreakGlassIsSealed { get; set; }

    [Parameter, EditorRequired] public required string DomainsHref { get; set; }

    [Parameter, EditorRequired] public required string EmergencyHref { get; set; }

    [Parameter, EditorRequired] public required string EditHref { get; set; }

    [Parameter, EditorRequired] public required string AttemptsHref { get; set; }

    [Parameter] public EventCallback OnChanged { get; set; }

    [Parameter] public EventCallback OnRemoved { get; set; }

    [Inject] private IOptions<SsoOptions> Options { get; set; } = default!;

    private string NewRole => Known.FirstOrDefault(r => r.Role.Name == Row.Settings.DefaultRole)?.Name ?? RoleWords.Name(T, Row.Settings.DefaultRole);

    private IReadOnlyList<(string Label, string Value)> AtProvider
    {
        get
        {
            var here = new Uri(Navigation.BaseUri);
            var at = SsoAddresses.Of(Options.Value, here.Scheme, here.Authority);
            return Row.Kind == SsoKind.Saml
                ? [(T["ssoSetup.at.entityId"], at.Metadata(Row.Id).AbsoluteUri), (T["ssoSetup.at.consumer"], at.Consumer(Row.Id).AbsoluteUri)]
                :
                [
                    (T["ssoSetup.at.redirect"], at.Callback(Row.Id).AbsoluteUri), (T["ssoSetup.at.signedOut"], at.SignedOut.AbsoluteUri), (T["ssoSetup.at.backChannel"], at.BackChannelLogout.AbsoluteUri),
                    .. Row.Settings.ClientProof == SsoClientProof.PrivateKey ? new[] { (T["ssoSetup.at.keys"], at.Keys(Row.Id).AbsoluteUri) } : [],
                ];
        }
    }

    private async Task ToggleAsync()
    {
        if (_confirm is null || (Row.IsEnabled && !await _confirm.AskAsync(new Question(T["ssoSetup.disableTitle", Row.Name], T["ssoSetup.disableText"], T["ssoSetup.disable"], Dangerous: true)))) return;
        await DoneAsync(await SendAsync(new EnableSsoConnection(Org, Row.Id, !Row.IsEnabled, Row.Version)), Row.IsEnabled ? "ssoSetup.disabled" : "ssoSetup.enabled");
    }

    private async Task RemoveAsync()
    {
        if (_confirm is null || !await _confirm.AskAsync(new Question(T["ssoSetup.removeTitle", Row.Name], T["ssoSetup.removeText"], T["ssoSetup.remove"], Dangerous: true, Typed: Row.Name))) return;
        var (done, _) = await SendAsync(new RemoveSsoConnection(Org, Row.Id, Row.Version));
        if (!done) return;
        Toasts.Show(T["ssoSetup.removed", Row.Name], Tone.Good);
        await OnRemoved.InvokeAsync();
    }

    private async Task DoneAsync((bool Done, SsoConnectionRow? Row) answer, string key)
    {
        if (answer.Done) Toasts.Show(T[key, Row.Name], Tone.Good);
        await OnChanged.InvokeAsync();
    }
}
