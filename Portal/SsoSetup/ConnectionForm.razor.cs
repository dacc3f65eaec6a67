using System.Globalization;
using System.Text;
using Hexabase.Portal.Access;
using Hexabase.Portal.Access.Sso;
using Hexabase.Portal.Access.Sso.Connections;
using Hexabase.Portal.Access.Sso.Saml;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Shell;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Options;

namespace Hexabase.Portal.SsoSetup;

/// <summary>A new connection, or the settings of one. SAML metadata that is pasted fills the fields below it.</summary>
public sealed partial class ConnectionForm
{
    private static readonly char[] Separators = [',', '\n'];
    private SsoTemplate _template = SsoTemplate.EntraId;
    private SsoKind _kind = SsoKind.Oidc;
    private SsoClientProof _proof;
    private string? _name, _issuer, _clientId, _secret, _metadata, _metadataProblem, _signInAddress, _certificates, _hours, _hoursProblem, _mfaValues;
    private string? _defaultRole;
    private bool _signRequests, _requireEncryption, _idpInitiated, _createPeople, _requireMfa;

    /// <summary>Null = a new connection.</summary>
    [Parameter] public SsoConnectionRow? Row { get; set; }

    [Parameter, EditorRequired] public required string CloseHref { get; set; }

    /// <summary>Told the connection's id.</summary>
    [Parameter] public EventCallback<Guid> OnSaved { get; set; }

    [Inject] private TimeProvider Clock { get; set; } = default!;

    [Inject] private IOptions<SsoOptions> Options { get; set; } = default!;

    private IReadOnlyList<(SsoTemplate, string)> Templates => [.. Enum.GetValues<SsoTemplate>().OrderBy(t => t == SsoTemplate.Generic).Select(t => (t, T[$"ssoSetup.template.{t}"]))];

    private IReadOnlyList<(string, string)> Roles => [.. Offered.Select(r => (r.Role.Name, r.Name))];

    protected override void OnInitialized()
    {
        if (Row is null)
        {
            PickTemplate(_template);
            return;
        }

        (_template, _kind, _name, _issuer) = (Row.Template, Row.Kind, Row.Name, Row.Issuer);
        Take(Row.Settings);
    }

    private void PickTemplate(SsoTemplate template)
    {
        if (string.IsNullOrEmpty(_name) || _name == T[$"ssoSetup.template.{_template}"]) _name = T[$"ssoSetup.template.{template}"];
        _template = template;
        Take(SsoSettings.Of(_kind, _template));
    }

    private void PickKind(SsoKind kind)
    {
        _kind = kind;
        Take(SsoSettings.Of(_kind, _template));
    }

    private void Take(SsoSettings settings)
    {
        (_proof, _signRequests, _requireEncryption, _idpInitiated) = (settings.ClientProof, settings.SignRequests, settings.RequireEncryption, settings.AllowIdpInitiated);
        (_createPeople, _requireMfa, _defaultRole) = (settings.CreatePeople, settings.RequireMfa, settings.DefaultRole);
        (_hours, _mfaValues) = (settings.SessionHours.ToString(CultureInfo.InvariantCulture), string.Join(", ", settings.MfaValues));
        if (Row is not null) (_clientId, _signInAddress) = (settings.ClientId, settings.SignInAddress);
    }

    private void ReadMetadata(string? xml)
    {
        (_metadata, _metadataProblem) = (xml, null);
        if (string.IsNullOrWhiteSpace(xml)) return;
        if (!SamlMetadata.Parse(Encoding.UTF8.GetBytes(xml.Trim()), Options.Value.AllowLoopbackHttp, Clock.GetUtcNow()).TryGet(out var read, out var refusal))
        {
            var (what, todo) = T.Refusal(refusal.Code, refusal.Message, refusal.Change);
            _metadataProblem = todo is null ? what : T["shell.sentences", what, todo];
            return;
        }

        (_issuer, _signInAddress, _signRequests) = (read.ProviderId, read.RedirectAddress?.AbsoluteUri, _signRequests || read.WantsSignedRequests);
        _certificates = string.Join("\n\n", read.Certificates.Take(SamlCertificate.MaxActive).Select(c => $"-----BEGIN CERTIFICATE-----\n{Convert.ToBase64String(c.Der, Base64FormattingOptions.InsertLineBreaks)}\n-----END CERTIFICATE-----"));
    }

    private async Task SaveAsync()
    {
        _hoursProblem = int.TryParse(_hours, NumberStyles.None, CultureInfo.InvariantCulture, out var hours) ? null : T["ssoSetup.hoursHelp"];
        if (_hoursProblem is not null) return;
        var saml = _kind == SsoKind.Saml;
        var input = new SsoConnectionInput(
            _name, Words.Of(_kind), Words.Of(_template), _issuer, saml ? null : _clientId ?? "", saml ? null : _secret, saml ? null : Words.Of(_proof),
            SignInAddress: saml ? _signInAddress ?? "" : null, Certificates: saml && Row is null ? Certificates() : null, SignRequests: saml ? _signRequests : null, AllowIdpInitiated: saml ? _idpInitiated : null,
            RequireEncryption: saml ? _requireEncryption : null, CreatePeople: _createPeople, DefaultRole: _createPeople ? _defaultRole : null, SessionHours: hours, RequireMfa: _requireMfa,
            MfaValues: (_mfaValues ?? "").Split(Separators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        var (done, row) = Row is null ? await SendAsync(new CreateSsoConnection(Org, input)) : await SendAsync(new ChangeSsoConnection(Org, Row.Id, input, Row.Version));
        if (done && row is not null) await OnSaved.InvokeAsync(row.Id);
    }

    /// <summary>Certificates one below the other, as PEM or as bare base64 with an empty line between them.</summary>
    private string[] Certificates()
    {
        const string end = "-----END CERTIFICATE-----";
        var text = (_certificates ?? "").Trim();
        return text.Contains(end, StringComparison.Ordinal)
            ? [.. text.Split(end, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(c => $"{c}\n{end}")]
            : text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }
}
