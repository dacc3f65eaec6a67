using System.ComponentModel.DataAnnotations;

namespace Hexabase.Portal.Access.Sso;

/// <summary>Section <c>Sso</c>.</summary>
public sealed record SsoOptions
{
    /// <summary>
    /// The portal's address as providers know it ("https://portal.example.com"); null = as the browser asks. Set it where the portal answers under several names: redirect addresses and the
    /// SAML entity id are made of it.
    /// </summary>
    [Url]
    public string? PublicAddress { get; init; }

    /// <summary>Providers may be http on this machine. Refused in production.</summary>
    public bool AllowLoopbackHttp { get; init; }

    /// <summary>Days that attempts are kept.</summary>
    [Range(1, 365)]
    public int AttemptDays { get; init; } = 30;

    /// <summary>How old an administrator's test sign-in may be when single sign-on is enforced.</summary>
    [Range(5, 1440)]
    public int TestMinutes { get; init; } = 60;

    /// <summary>How long a break-glass session lasts.</summary>
    [Range(5, 240)]
    public int BreakGlassMinutes { get; init; } = 60;

    /// <summary>For how long a provider's discovery document is believed.</summary>
    [Range(1, 1440)]
    public int DiscoveryMinutes { get; init; } = 10;

    /// <summary>Where Microsoft Graph is asked for the groups that did not fit into a token.</summary>
    public string GraphAddress { get; init; } = "https://graph.microsoft.com";
}
