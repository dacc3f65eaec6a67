using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Hexabase.Portal.Integrations.Outbound;

/// <summary>How the other side proves who it is, and how we do. The other side's certificate is always checked: chain, dates and name.</summary>
public sealed class OutboundTls : IDisposable
{
    private readonly X509Certificate2Collection? _authorities;
    private readonly X509Certificate2? _client;
    private readonly X509Certificate2Collection? _clientChain;

    private OutboundTls(X509Certificate2Collection? authorities, X509Certificate2? client, X509Certificate2Collection? clientChain, string? serverName) =>
        (_authorities, _client, _clientChain, ServerName) = (authorities, client, clientChain, serverName);

    /// <summary>The machine's own authorities, no certificate of ours.</summary>
    public static OutboundTls Default { get; } = new(null, null, null, null);

    /// <summary>The name that the certificate must bear; null = the host that is called.</summary>
    public string? ServerName { get; }

    /// <param name="authoritiesPem">Certificates that are trusted instead of the machine's; null = the machine's.</param>
    /// <param name="clientPem">Our certificate, with the certificates between it and its authority behind it.</param>
    /// <param name="clientKeyPem">Its private key, unencrypted.</param>
    /// <exception cref="OutboundException">A PEM text cannot be read, or key and certificate do not belong together.</exception>
    public static OutboundTls Create(string? authoritiesPem, string? clientPem, string? clientKeyPem, string? serverName)
    {
        var authorities = Certificates(authoritiesPem, "outbound.ca");
        var chain = Certificates(clientPem, "outbound.certificate");
        X509Certificate2? client = null;
        if (chain is not null)
        {
            if (string.IsNullOrWhiteSpace(clientKeyPem)) throw new OutboundException("outbound.key.missing", "The client certificate has no private key: paste its key in PEM form.");
            try
            {
                using var pair = X509Certificate2.CreateFromPem(clientPem, clientKeyPem);
                // Made anew from PKCS#12: the TLS stack of some systems does not take keys that live in memory only.
                client = X509CertificateLoader.LoadPkcs12(pair.Export(X509ContentType.Pkcs12), null);
            }
            catch (Exception e) when (e is CryptographicException or ArgumentException)
            {
                throw new OutboundException("outbound.key", "The private key cannot be read or does not belong to the client certificate. It is needed in PEM form, without a password.", e);
            }
        }

        return new OutboundTls(authorities, client, chain, string.IsNullOrWhiteSpace(serverName) ? null : serverName.Trim());
    }

    public SslClientAuthenticationOptions Options(string host, Action<string> explain)
    {
        var name = ServerName ?? host;
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = name,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            CertificateChainPolicy = Policy(),
            // Receivers that ask for certificates without naming a session context (rsyslog with OpenSSL) break off resumed handshakes.
            AllowTlsResume = false,
            // Decides nothing itself: it only keeps the reason for people to read.
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
            {
                if (errors == SslPolicyErrors.None) return true;
                explain(Explain(name, certificate, chain, errors));
                return false;
            },
        };
        if (_client is not null) options.ClientCertificateContext = SslStreamCertificateContext.Create(_client, _clientChain, offline: true);
        return options;
    }

    public void Dispose() => _client?.Dispose();

    private X509ChainPolicy Policy()
    {
        // A certificate must not make the portal call addresses that it names itself: no downloads of issuers or revocation lists.
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        policy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.1"));
        if (_authorities is null) return policy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(_authorities);
        policy.ExtraStore.AddRange(_authorities);
        return policy;
    }

    private static string Explain(string name, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is null) return "The receiver showed no certificate.";
        var shown = certificate as X509Certificate2 ?? X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        var statuses = chain?.ChainStatus.Select(s => s.Status).ToList() ?? [];
        if (statuses.Contains(X509ChainStatusFlags.NotTimeValid))
            return FormattableString.Invariant($"The receiver's certificate, or one above it, is out of its dates: it is valid from {shown.NotBefore.ToUniversalTime():yyyy-MM-dd} to {shown.NotAfter.ToUniversalTime():yyyy-MM-dd}.");
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            return $"The receiver's certificate is for {Names(shown)}, not for {name}.";
        if (statuses.Contains(X509ChainStatusFlags.UntrustedRoot) || statuses.Contains(X509ChainStatusFlags.PartialChain))
            return $"The receiver's certificate is signed by an authority that is not trusted here ({shown.Issuer}). Paste that authority's certificate if it is yours.";
        return $"The receiver's certificate is not accepted: {string.Join(", ", statuses)}.";
    }

    private static string Names(X509Certificate2 certificate)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(e => e.EnumerateDnsNames().Concat(e.EnumerateIPAddresses().Select(a => a.ToString()))).Take(5).ToList();
        return names.Count > 0 ? string.Join(", ", names) : certificate.Subject;
    }

    private static X509Certificate2Collection? Certificates(string? pem, string code)
    {
        if (string.IsNullOrWhiteSpace(pem)) return null;
        var found = new X509Certificate2Collection();
        try
        {
            found.ImportFromPem(pem);
        }
        catch (CryptographicException e)
        {
            throw new OutboundException(code, "A certificate cannot be read. It is needed in PEM form, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----.", e);
        }

        if (found.Count == 0) throw new OutboundException(code, "The text holds no certificate. It is needed in PEM form, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----.");
        return found;
    }
}
