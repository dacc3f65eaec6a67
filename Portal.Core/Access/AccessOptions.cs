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

    /// <summary>Hours that a password reset link works.</summary>
    [Range(1, 72)]
    public int PasswordResetHours { get; init; } = 24;

    /// <summary>Minutes for which a proof of who one is lasts when somebody changes how they sign in.</summary>
    [Range(1, 120)]
    public int FreshProofMinutes { get; init; } = 15;

    /// <summary>
    /// A file of SHA-1 hashes of passwords that leaked, one a line in hexadecimal, sorted, all of one length (40 digits, or the same shorter beginning); what follows a colon is ignored,
    /// so the ordered-by-hash download of Have I Been Pwned can be used as it is. Null = none.
    /// </summary>
    public string? BreachedPasswordsFile { get; init; }

    /// <summary>Further words that make a password easy to guess here: names of products, sites, systems.</summary>
    public IReadOnlyList<string> PasswordContextWords { get; init; } = [];
}
