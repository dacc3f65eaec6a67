namespace Hexabase.Portal.Audit.Tree;

/// <summary>Where the keys that sign audit checkpoints come from; configuration section <c>Audit:Signing</c>. With nothing set, a key is made once in the data directory.</summary>
public sealed record AuditSigningOptions
{
    /// <summary>PEM files of private keys, the newest first. To rotate: put the new file first, and take the old one out when every verifier knows the new key.</summary>
    public IReadOnlyList<string> KeyFiles { get; init; } = [];

    /// <summary>Private keys as PEM text, one after the other (from the environment: <c>Audit__Signing__KeyPem</c>); they stand before the files.</summary>
    public string? KeyPem { get; init; }

    /// <summary>PEM files of public keys that sign no more and still verify old checkpoints.</summary>
    public IReadOnlyList<string> RetiredKeyFiles { get; init; } = [];

    /// <summary>The portal's own directory: the key that is made where none is set, in <c>keys/audit-signing.pem</c>.</summary>
    public string? DataDirectory { get; init; }
}
