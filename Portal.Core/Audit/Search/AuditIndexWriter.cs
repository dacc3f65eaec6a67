using Hexabase.Portal.Audit.Log;
using Hexabase.Portal.Data;
using Microsoft.EntityFrameworkCore;

#pragma warning disable RS0030 // A bulk writer of rows that are derived from the log: no gateway, no audit entry.

namespace Hexabase.Portal.Audit.Search;

/// <summary>
/// Keeps the segments of an organization: appends what the tree has gained, merging small segments at the end of the log into larger ones on the way, and rebuilds what has to be forgotten.
/// Each step is one transaction that also raises the revision it began with; whoever comes second is rolled back and loses only work.
/// </summary>
internal sealed class AuditIndexWriter(PortalDatabase database, AuditIndexSource source)
{
    /// <summary>Segments of about the same size that are merged into one.</summary>
    private const int FanOut = 8;
    private const long MaxMergedBytes = 32_000_000;

    /// <summary>Segments of this level and above wait for the end of their block: few stand there, and merged in between, all of them would be merged again at the end.</summary>
    private const int Wide = 3;
    private const int RowsAtOnce = 2048;

    private readonly AuditSegmentBuilder _builder = new();

    /// <summary>Indexes up to the end of the block that the log has reached; false where there was nothing to do or another writer was faster.</summary>
    /// <param name="minimum">Fewer new entries than this are left for later.</param>
    public async Task<bool> AppendAsync(Guid organizationId, int minimum, CancellationToken cancellationToken)
    {
        await using var open = await database.OpenAsync(DataScope.Platform, forWriting: true, cancellationToken);
        var db = open.Db;
        var state = await db.Set<AuditIndexState>().AsNoTracking().SingleOrDefaultAsync(s => s.OrganizationId == organizationId, cancellationToken) ?? new AuditIndexState { OrganizationId = organizationId };
        var size = await AuditLogReader.SizeAsync(db, organizationId, cancellationToken);
        var boundary = ((state.IndexedTo / AuditSegmentBuilder.MaxCount) + 1) * AuditSegmentBuilder.MaxCount;
        var end = Math.Min(size, boundary);
        if (end - state.IndexedTo < Math.Max(1, minimum)) return false;

        var block = boundary - AuditSegmentBuilder.MaxCount;
        var segments = await db.Set<AuditSegmentRow>().AsNoTracking().Where(s => s.OrganizationId == organizationId && s.FromIndex >= block && s.FromIndex < boundary).OrderBy(s => s.FromIndex).ToListAsync(cancellationToken);
        var merged = Absorbed(segments, (int)(end - state.IndexedTo), end == boundary);
        _builder.Clear();
        foreach (var segment in merged) _builder.Append(await WholeAsync(db, segment, cancellationToken));
        var from = merged.Count > 0 ? merged[0].FromIndex : state.IndexedTo;
        await AddAsync(db, organizationId, state.IndexedTo, end, cancellationToken);
        return await SwapAsync(open, state, merged, from, from + _builder.Count, cancellationToken);
    }

    /// <summary>Builds the segments that hold any of the indexes again from what can still be read: after a person was erased or entries expired.</summary>
    /// <param name="ranges">From (included) to (not included).</param>
    public async Task ReindexAsync(Guid organizationId, IReadOnlyList<(long From, long To)> ranges, CancellationToken cancellationToken)
    {
        var done = new HashSet<long>();
        for (var lost = 0; ;)
        {
            await using var open = await database.OpenAsync(DataScope.Platform, forWriting: true, cancellationToken);
            var state = await open.Db.Set<AuditIndexState>().AsNoTracking().SingleOrDefaultAsync(s => s.OrganizationId == organizationId, cancellationToken);
            if (state is null) return;
            var segments = await open.Db.Set<AuditSegmentRow>().AsNoTracking().Where(s => s.OrganizationId == organizationId).OrderBy(s => s.FromIndex).ToListAsync(cancellationToken);
            // Numbers from here on were made after the change: whatever they hold is new.
            var old = segments.FirstOrDefault(s => !done.Contains(s.Number) && ranges.Any(r => r.From < s.FromIndex + s.Count && s.FromIndex < r.To));
            if (old is null) return;
            _builder.Clear();
            await AddAsync(open.Db, organizationId, old.FromIndex, old.FromIndex + old.Count, cancellationToken);
            done.Add(state.NextSegment);
            if (await SwapAsync(open, state, [old], old.FromIndex, state.IndexedTo, cancellationToken)) continue;
            done.Remove(state.NextSegment);
            if (++lost == 100) throw new InvalidOperationException($"The index of {organizationId} could not be rebuilt: other writers were always faster.");
        }
    }

    /// <summary>Which segments at the end are merged with so many new entries: full block = all of it; else as long as enough of the same size class stand there.</summary>
    internal static List<AuditSegmentRow> Absorbed(IReadOnlyList<AuditSegmentRow> segments, int added, bool isBlockFull)
    {
        var (first, total, bytes) = (segments.Count, added, 0L);
        while (first > 0)
        {
            var run = first;
            while (run > 0 && (isBlockFull || (Level(segments[run - 1].Count) <= Level(total) && Level(total) < Wide))) run--;
            if (run == first || (!isBlockFull && first - run < FanOut - 1)) break;
            var more = segments.Skip(run).Take(first - run).ToList();
            bytes += more.Sum(s => s.SizeBytes);
            // Long texts make heavy segments; merging those gains little and costs memory.
            if (bytes > MaxMergedBytes) break;
            (first, total) = (run, total + more.Sum(s => s.Count));
        }

        return [.. segments.Skip(first)];
    }

    private static int Level(int count) => count switch { < 64 => 0, < 512 => 1, < 4096 => 2, < 32_768 => 3, _ => 4 };

    private async Task AddAsync(PortalDbContext db, Guid organizationId, long from, long end, CancellationToken cancellationToken)
    {
        // At least one, so that the index always gets on.
        var next = from;
        while (next < end && (next == from || !_builder.IsFull))
        {
            var window = Math.Min(RowsAtOnce, end - next);
            var until = next + window;
            foreach (var (index, entry) in await source.ReadAsync(db, organizationId, next, (int)window, cancellationToken))
            {
                if (next > from && _builder.IsFull) return;
                // What is missing has expired.
                for (; next < index; next++) _builder.AddGap();
                _builder.Add(entry);
                next++;
            }

            for (; next < until; next++) _builder.AddGap();
        }
    }

    private async Task<bool> SwapAsync(OpenContext open, AuditIndexState state, IReadOnlyList<AuditSegmentRow> old, long from, long indexedTo, CancellationToken cancellationToken)
    {
        var db = open.Db;
        var image = _builder.Build();
        var (organization, number) = (state.OrganizationId, state.NextSegment);
        db.Add(new AuditSegmentRow
        {
            OrganizationId = organization, Number = number, FromIndex = from, Count = image.Count, Blocks = image.Blocks, SizeBytes = image.Parts.Sum(p => (long)p.Value.Length),
            MinMicros = image.MinMicros, MaxMicros = image.MaxMicros,
        });
        db.AddRange(image.Parts.Select(p => new AuditSegmentPart { OrganizationId = organization, Key = AuditSegmentPart.KeyOf(number, p.Key), Data = p.Value }));
        if (state.Revision == 0) db.Add(new AuditIndexState { OrganizationId = organization, Revision = 1, IndexedTo = indexedTo, NextSegment = number + 1 });
        foreach (var segment in old)
        {
            var (low, high) = (AuditSegmentPart.KeyOf(segment.Number, AuditIndexPart.Column(0) - 50), AuditSegmentPart.KeyOf(segment.Number + 1, AuditIndexPart.Column(0) - 50));
            await db.Set<AuditSegmentPart>().Where(p => p.OrganizationId == organization && p.Key >= low && p.Key < high).ExecuteDeleteAsync(cancellationToken);
            await db.Set<AuditSegmentRow>().Where(s => s.OrganizationId == organization && s.Number == segment.Number).ExecuteDeleteAsync(cancellationToken);
        }

        var revision = state.Revision;
        if (revision > 0)
        {
            var mine = await db.Set<AuditIndexState>().Where(s => s.OrganizationId == organization && s.Revision == revision)
                .ExecuteUpdateAsync(u => u.SetProperty(s => s.Revision, revision + 1).SetProperty(s => s.IndexedTo, indexedTo).SetProperty(s => s.NextSegment, number + 1), cancellationToken);
            if (mine == 0) return false;
        }

        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException e) when (database.Engine.IsUniqueViolation(e))
        {
            // Two replicas began the organization's index at the same moment.
            return false;
        }

        await open.CommitAsync(cancellationToken);
        return true;
    }

    private static async Task<AuditSegment> WholeAsync(PortalDbContext db, AuditSegmentRow row, CancellationToken cancellationToken)
    {
        var segment = new AuditSegment(row.Number, row.FromIndex, row.Count, row.Blocks, row.MinMicros, row.MaxMicros);
        var (low, high) = (AuditSegmentPart.KeyOf(row.Number, AuditIndexPart.Column(0) - 50), AuditSegmentPart.KeyOf(row.Number + 1, AuditIndexPart.Column(0) - 50));
        var parts = await db.Set<AuditSegmentPart>().AsNoTracking().Where(p => p.OrganizationId == row.OrganizationId && p.Key >= low && p.Key < high).ToListAsync(cancellationToken);
        foreach (var part in parts) segment.Put(AuditSegmentPart.Split(part.Key).Part, part.Data);
        return segment;
    }
}
