namespace Hexabase.Portal.Integrations.Siem;

/// <summary>The live stream of a sink or one of its runs, as the worker goes along it.</summary>
internal sealed class SinkLane
{
    public const string Live = "live";

    public Guid? RunId { get; init; }

    public required string Stream { get; init; }

    public bool IsReplay { get; init; }

    /// <summary>Exclusive; null = the log's end, wherever it is.</summary>
    public long? ToIndex { get; init; }

    /// <summary>Numbers below are counted and not sent.</summary>
    public long FirstSequence { get; init; } = 1;

    public long? LastSequence { get; init; }

    /// <summary>Where reading goes on.</summary>
    public required (long Index, long Sequence) Position { get; set; }

    /// <summary>Everything before it is settled in the database.</summary>
    public required (long Index, long Sequence) Settled { get; set; }

    /// <summary>The next window, being read while the one before is sent.</summary>
    public Task<ReadWindow>? Ahead { get; set; }

    /// <summary>The receipt that may still grow.</summary>
    public Guid? ReceiptId { get; set; }

    public int Limit { get; set; } = 200;

    public bool IsAtEnd => (ToIndex is { } to && Position.Index >= to) || Position.Sequence > LastSequence;

    public static SinkLane Of(AuditSinkProgress progress) => new()
    {
        Stream = Live, Position = (progress.NextIndex, progress.NextSequence), Settled = (progress.NextIndex, progress.NextSequence),
    };

    public static SinkLane Of(AuditSinkRun run) => new()
    {
        RunId = run.Id, Stream = run.Stream, IsReplay = run.Kind == SinkRunKind.Replay, ToIndex = run.ToIndex, FirstSequence = run.FirstSequence, LastSequence = run.LastSequence,
        Position = (run.NextIndex, run.NextSequence), Settled = (run.NextIndex, run.NextSequence),
    };
}

/// <summary>One entry that was read for a window.</summary>
internal readonly record struct ReadEntry(long Index, int Month, bool Matched);

/// <summary>A window with what was read for it.</summary>
internal sealed class ReadWindow
{
    public required SinkWindow Window { get; init; }

    public required IReadOnlyList<ReadEntry> Entries { get; init; }

    public required (long Index, long Sequence) From { get; init; }

    public required (long Index, long Sequence) To { get; init; }
}

/// <summary>Entries of one month that were settled together.</summary>
internal sealed record SettledPart(int Month, (long Index, long Sequence) From, (long Index, long Sequence) To, long Delivered, long FilteredOut, long DeadLettered);

/// <summary>A stretch of a lane that is settled: what the ledger keeps of it.</summary>
internal sealed record SettledStretch((long Index, long Sequence) From, (long Index, long Sequence) To, IReadOnlyList<SettledPart> Parts, IReadOnlyList<(SinkMessage Message, SinkRefusal Refusal)> Refused)
{
    /// <summary>What of a window is settled when so many of its messages are.</summary>
    public static SettledStretch Of(ReadWindow read, int messages, IReadOnlyList<SinkRefusal> refusals)
    {
        var all = read.Window.Messages;
        var to = messages >= all.Count ? read.To : (all[messages].Index, all[messages].Sequence);
        var refused = refusals.Select(r => (all[r.Position], r)).ToList();
        var dead = refused.Select(r => r.Item1.Index).ToHashSet();
        var parts = new List<SettledPart>();
        var at = read.From;
        for (var i = 0; i < read.Entries.Count && read.Entries[i].Index < to.Index;)
        {
            var month = read.Entries[i].Month;
            long delivered = 0, filtered = 0, lost = 0, sequence = at.Sequence;
            for (; i < read.Entries.Count && read.Entries[i].Index < to.Index && read.Entries[i].Month == month; i++)
            {
                if (!read.Entries[i].Matched)
                {
                    filtered++;
                    continue;
                }

                sequence++;
                if (dead.Contains(read.Entries[i].Index)) lost++;
                else delivered++;
            }

            (long, long) end = (i < read.Entries.Count ? Math.Min(read.Entries[i].Index, to.Index) : to.Index, sequence);
            parts.Add(new SettledPart(month, at, end, delivered, filtered, lost));
            at = end;
        }

        return new SettledStretch(read.From, to, parts, refused);
    }
}
