using System.ComponentModel.DataAnnotations;

namespace Hexabase.Portal.Access;

/// <summary>Section <c>Access</c>.</summary>
public sealed record AccessOptions
{
    /// <summary>Hours after which a browser signs in again, whatever it does.</summary>
    [Range(1, 720)]
    public int SessionLifetimeHours { get; init; } = 12;

    /// <summary>Minutes without a request or an open page after which a session ends.</summary>
    [Range(5, 43_200)]
    public int SessionIdleMinutes { get; init; } = 120;

    /// <summary>Days that an invitation's link works.</summary>
    [Range(1, 30)]
    public int InvitationDays { get; init; } = 7;

    /// <summary>Hours that the first administrator's link works.</summary>
    [Range(1, 168)]
    public int SetupLinkHours { get; init; } = 24;
}
