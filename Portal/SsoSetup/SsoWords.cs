using Hexabase.Portal.Access.Sso.Connections;
using Hexabase.Portal.Controls;
using Hexabase.Portal.Shell;

namespace Hexabase.Portal.SsoSetup;

/// <summary>Words and tones of connections.</summary>
internal static class SsoWords
{
    public static string Kind(SsoConnectionRow c, Text text) => $"{text[$"ssoSetup.template.{c.Template}"]} · {Protocol(c.Kind)}";

    public static string Protocol(SsoKind kind) => kind == SsoKind.Oidc ? "OpenID Connect" : "SAML 2.0";

    public static string State(SsoConnectionRow c, Text text) => text[(c.IsEnabled, c.Enforcement) switch
    {
        (false, _) => "ssoSetup.state.Off",
        (true, SsoEnforcement.Off) => "ssoSetup.state.On",
        (true, var enforcement) => $"ssoSetup.state.{enforcement}",
    }];

    public static Tone ToneOf(SsoConnectionRow c) => (c.IsEnabled, c.Enforcement) switch
    {
        (false, _) => Tone.Neutral,
        (true, SsoEnforcement.Off) => Tone.Info,
        _ => Tone.Good,
    };
}
