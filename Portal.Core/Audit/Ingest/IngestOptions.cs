using System.ComponentModel.DataAnnotations;

namespace Hexabase.Portal.Audit.Ingest;

/// <summary>Section <c>Audit:Ingest</c>.</summary>
public sealed record IngestOptions
{
    /// <summary>Requests that write at the same moment, on this replica; further ones are answered 429.</summary>
    [Range(1, 64)]
    public int MaxConcurrent { get; init; } = 8;

    [Range(1, 64)]
    public int MaxConcurrentPerOrganization { get; init; } = 4;

    /// <summary>Entries that may wait for their place in the tree; while more do, ingesting pauses.</summary>
    [Range(1000, 10_000_000)]
    public int MaxWaiting { get; init; } = 200_000;

    /// <summary>How long a request pauses before it is answered 429.</summary>
    [Range(0, 300)]
    public int MaxPauseSeconds { get; init; } = 30;

    /// <summary>Events that are committed together. More make longer waits of the garbage collector, since all of a batch lives until it is written; fewer make more commits.</summary>
    [Range(1, 50_000)]
    public int BatchEvents { get; init; } = 1000;

    /// <summary>… or so many bytes of originals.</summary>
    [Range(1024 * 1024, 64 * 1024 * 1024)]
    public int BatchBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Bytes of an unpacked body beyond which it is refused (413).</summary>
    [Range(50L * 1024 * 1024, long.MaxValue)]
    public long MaxPlainBytes { get; init; } = 8L * 1024 * 1024 * 1024;
}
