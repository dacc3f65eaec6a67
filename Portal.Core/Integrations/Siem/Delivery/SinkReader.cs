using System.Buffers;
using Hexabase.Portal.Audit;

namespace Hexabase.Portal.Integrations.Siem;

/// <summary>Reads a lane's next entries, numbers those that the filter lets through and encodes them.</summary>
internal sealed class SinkReader(AuditSink sink, IAuditFeed feed, SinkChannels channels)
{
    private const int MaxEntries = 4000;
    private const int SmallBytes = 2 * 1024 * 1024;
    private const int LargeBytes = 8 * 1024 * 1024;

    private readonly SinkFilters _filters = SinkFilters.Of(sink);
    private readonly SinkRedaction _redaction = channels.Redaction(sink);
    private readonly IAuditEventFormat _format = channels.Format(sink);
    private readonly int _maxBytes = sink.ReadSettings().MaxMessageBytes;

    /// <summary>The window behind a position; without entries where the log or the run ends there.</summary>
    public async Task<ReadWindow> ReadAsync(SinkLane lane, (long Index, long Sequence) from, CancellationToken cancellationToken)
    {
        var limit = lane.ToIndex is { } end ? (int)Math.Clamp(end - from.Index, 0, lane.Limit) : lane.Limit;
        var page = limit == 0 ? new FeedPage([], from.Index, []) : await feed.ReadAsync(sink.OrganizationId, from.Index, limit, cancellationToken);
        var rows = page.Rows;
        var bytes = new ArrayBufferWriter<byte>(64 * 1024);
        var encoder = new SinkEncoder(_format, _maxBytes);
        var messages = new List<SinkMessage>(rows.Count);
        var entries = new List<ReadEntry>(rows.Count);
        var to = from;
        var whole = true;
        foreach (var row in rows)
        {
            var index = row.Index ?? throw new InvalidOperationException("A sequenced entry has an index.");
            if (index >= lane.ToIndex || to.Sequence > lane.LastSequence)
            {
                whole = false;
                break;
            }

            var month = page.MonthOf(index);
            var matched = _filters.Matches(row, index);
            if (matched && to.Sequence >= lane.FirstSequence) messages.Add(Encode(row, lane, to.Sequence, index, month, encoder, bytes));
            // What a replay only counts was settled long ago.
            if (to.Sequence >= lane.FirstSequence) entries.Add(new ReadEntry(index, month, matched));
            to = (index + 1, matched ? to.Sequence + 1 : to.Sequence);
        }

        // Places behind the last entry are those of expired ones; a run whose range ends beyond the log ends there.
        if (whole && page.Through > to.Index) to = (page.Through, to.Sequence);
        if (lane.ToIndex is { } stop && page.Through == from.Index && limit > 0) to = (stop, to.Sequence);
        // One window holds a few megabytes, whatever the size of an entry.
        if (rows.Count == limit && bytes.WrittenCount < SmallBytes) lane.Limit = Math.Min(lane.Limit * 2, MaxEntries);
        else if (bytes.WrittenCount > LargeBytes) lane.Limit = Math.Max(lane.Limit / 4, 10);
        return new ReadWindow { Window = new SinkWindow { Stream = lane.Stream, Messages = messages, Bytes = bytes.WrittenMemory }, Entries = entries, From = from, To = to };
    }

    public byte[] Encode(AuditEntryRow row, string stream, long sequence)
    {
        var audited = AuditEvent.Of(row, sink.Id, stream, sequence, isReplay: false, _redaction.Names);
        _redaction.Apply(audited);
        return new SinkEncoder(_format, _maxBytes).Encode(audited).ToArray();
    }

    private SinkMessage Encode(AuditEntryRow row, SinkLane lane, long sequence, long index, int month, SinkEncoder encoder, ArrayBufferWriter<byte> bytes)
    {
        var audited = AuditEvent.Of(row, sink.Id, lane.Stream, sequence, lane.IsReplay, _redaction.Names);
        _redaction.Apply(audited);
        var encoded = encoder.Encode(audited);
        var offset = bytes.WrittenCount;
        bytes.Write(encoded);
        return new SinkMessage(sequence, index, row.Id, row.Action, month, offset, encoded.Length);
    }
}
