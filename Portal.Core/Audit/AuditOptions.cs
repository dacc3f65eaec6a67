namespace Hexabase.Portal.Audit;

/// <summary>Settings of the section <c>Audit</c>; those of the signing keys are in <c>Audit:Signing</c>. Keys come from files or the environment, never from the database they guard.</summary>
public sealed class AuditOptions
{
    /// <summary>Where <c>audit-master.key</c> is looked for and, if missing, made. Set by the host to <c>keys/</c> in the data directory; replicas share it.</summary>
    public string KeysDirectory { get; set; } = "";

    /// <summary>32 bytes in base64; the environment's <c>PORTAL_AUDIT_MASTER_KEY</c> wins over the file.</summary>
    public string? MasterKeyFile { get; set; }

    /// <summary>Master keys that are still read while persons' keys are wrapped anew under the current one; beside those of <c>PORTAL_AUDIT_MASTER_KEY_PREVIOUS</c>.</summary>
    public IList<string> PreviousMasterKeyFiles { get; init; } = [];

    /// <summary>The place outside the database where checkpoints go; set by the host to <c>checkpoints/</c> in the data directory. Keep it on storage that the database's administrators cannot write.</summary>
    public string CheckpointDirectory { get; set; } = "";

    /// <summary>Where archives of expired entries go; set by the host to <c>audit-archive/</c> in the data directory.</summary>
    public string ArchiveDirectory { get; set; } = "";

    /// <summary>Another place: each checkpoint is posted there as text/plain.</summary>
    public Uri? CheckpointUrl { get; set; }

    /// <summary>A log that grew gets a checkpoint after this many seconds at the latest.</summary>
    public int CheckpointSeconds { get; set; } = 2;

    /// <summary>… or after this many entries.</summary>
    public int CheckpointEntries { get; set; } = 20_000;

    /// <summary>Entries that get their place in one transaction.</summary>
    public int SequencerBatch { get; set; } = 5_000;
}
