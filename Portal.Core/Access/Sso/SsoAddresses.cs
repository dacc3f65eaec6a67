namespace Hexabase.Portal.Access.Sso;

/// <summary>The portal's addresses as providers know them. Each connection has its own, so that an answer of one provider cannot be taken for another's (RFC 9700 section 4.4).</summary>
/// <param name="Root">"https://portal.example.com".</param>
public sealed record SsoAddresses(string Root)
{
    public const string SignedOutPath = "/sso/signed-out";

    public Uri Callback(Guid connection) => new($"{Root}/sso/oidc/callback/{connection}");

    public Uri Keys(Guid connection) => new($"{Root}/sso/oidc/keys/{connection}");

    public Uri BackChannelLogout => new($"{Root}/sso/oidc/backchannel-logout");

    public Uri SignedOut => new(Root + SignedOutPath);

    public Uri Consumer(Guid connection) => new($"{Root}/sso/saml/{connection}/acs");

    /// <summary>The portal's entity id at this connection, and where its metadata is.</summary>
    public Uri Metadata(Guid connection) => new($"{Root}/sso/saml/{connection}/metadata");

    public static SsoAddresses Of(SsoOptions options, string scheme, string host) => new(options.PublicAddress?.TrimEnd('/') ?? $"{scheme}://{host}");
}
