using System.Security.Cryptography;

namespace Hexabase.Portal.Access.Sso.Saml;

/// <summary>What a response must say.</summary>
public sealed record SamlExpectation
{
    /// <summary>The provider's entity id.</summary>
    public required string ProviderId { get; init; }

    /// <summary>The portal's entity id for this organization: the audience.</summary>
    public required string PortalId { get; init; }

    /// <summary>The address that responses are posted to: recipient and destination.</summary>
    public required Uri ConsumerAddress { get; init; }

    /// <summary>Pinned by the organization; at most <see cref="SamlCertificate.MaxActive"/>.</summary>
    public required IReadOnlyList<SamlCertificate> Certificates { get; init; }

    /// <summary>ID of the request that this browser sent; null where it sent none.</summary>
    public string? RequestId { get; init; }

    /// <summary>Takes responses that nobody asked for (started at the provider). Off unless the organization wants it: such a sign-in can be forced on a person.</summary>
    public bool AllowUnsolicited { get; init; }

    /// <summary>The portal's keys for encrypted assertions, newest first.</summary>
    public IReadOnlyList<RSA> DecryptionKeys { get; init; } = [];

    public bool RequireEncryption { get; init; }

    /// <summary>A signature on the response alone is not enough.</summary>
    public bool RequireSignedAssertion { get; init; }

    /// <summary>One of these must stand in AuthnContextClassRef; null = any.</summary>
    public IReadOnlyList<string>? AcceptedContexts { get; init; }
}

/// <summary>A person that a provider vouches for.</summary>
/// <param name="NameId">The person's id at this provider.</param>
/// <param name="SessionIndex">The session at the provider, for logout.</param>
/// <param name="Attributes">Name → values, in the order they came; attributes that hold more than text are left out.</param>
/// <param name="AnsweredRequestId">The request that this answers; null where nobody asked.</param>
/// <param name="ExpiresAt">Until when the assertion must be remembered as used.</param>
public sealed record SamlSignIn(
    string ProviderId,
    string AssertionId,
    string NameId,
    string? NameIdFormat,
    string? SessionIndex,
    DateTimeOffset AuthenticatedAt,
    DateTimeOffset? SessionEndsAt,
    string? AuthenticationContext,
    IReadOnlyDictionary<string, IReadOnlyList<string>> Attributes,
    string? AnsweredRequestId,
    DateTimeOffset ExpiresAt)
{
    /// <summary>The sign-in, the first time only: neither the assertion nor the answer to the request counts twice, on any replica.</summary>
    public async Task<Checked<SamlSignIn>> UseOnceAsync(IReplayStore memory, CancellationToken cancellationToken)
    {
        var replay = new SsoRefusal("saml.replay", "This assertion was used before.", SsoRefusal.Hide(AssertionId), "Start the sign-in again from the portal; going back in the browser sends the old answer once more.");
        if (!await memory.TryUseAsync(ReplayKey.Assertion(ProviderId, AssertionId), ExpiresAt, cancellationToken)) return replay;
        if (AnsweredRequestId is not null && !await memory.TryUseAsync(ReplayKey.Request(ProviderId, AnsweredRequestId), ExpiresAt, cancellationToken)) return replay;
        return this;
    }
}
