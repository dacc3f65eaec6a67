namespace Hexabase.Portal.Audit.Ingest;

/// <summary>The counts of one request, as they grow. Reading and writing touch different members, so that no lock is needed.</summary>
internal sealed class IngestTally(string source)
{
    private long _duplicatesStored;

    public long Accepted { get; private set; }

    /// <summary>Twice in the body.</summary>
    public long DuplicatesRead { get; private set; }

    public long Duplicates => DuplicatesRead + _duplicatesStored;

    public long Rejected { get; private set; }

    public DateTime? LastEventAtUtc { get; private set; }

    public List<EventError> Errors { get; } = [];

    public void Repeat() => DuplicatesRead++;

    public void Reject(long line, EventRefusal refusal)
    {
        Rejected++;
        if (Errors.Count < EventIngest.MaxErrors) Errors.Add(new EventError(line, refusal.Code, refusal.Message));
    }

    public void Took(int accepted, int duplicates, DateTime latest)
    {
        Accepted += accepted;
        _duplicatesStored += duplicates;
        if (accepted > 0 && !(latest <= LastEventAtUtc)) LastEventAtUtc = latest;
    }

    public IngestCounts ToCounts() => new(source, Accepted, Duplicates, Rejected, LastEventAtUtc, Errors.Count > 20 ? Errors[..20] : Errors);
}
