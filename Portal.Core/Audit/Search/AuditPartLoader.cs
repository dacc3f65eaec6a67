using Hexabase.Portal.Data;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Audit.Search;

/// <summary>The list of segments changed while a search read it, on an engine whose readers do not keep what they saw; the search begins again.</summary>
internal sealed class AuditIndexChangedException : Exception;

/// <summary>Reads missing parts through the context of the search, which the database confines to its organization.</summary>
internal sealed class AuditPartLoader(PortalDbContext db, Guid organizationId, AuditIndexCache cache) : IAuditPartLoader
{
    private const int KeysAtOnce = 1000;

    public int Statements { get; private set; }

    public async Task LoadAsync(IReadOnlyCollection<(AuditSegment Segment, int Part)> parts, CancellationToken cancellationToken)
    {
        var missing = parts.Where(p => !p.Segment.Has(p.Part)).ToDictionary(p => AuditSegmentPart.KeyOf(p.Segment.Number, p.Part), p => p.Segment);
        foreach (var keys in missing.Keys.Order().Chunk(KeysAtOnce))
        {
            Statements++;
            var found = await db.Set<AuditSegmentPart>().AsNoTracking().Where(p => p.OrganizationId == organizationId && keys.Contains(p.Key)).Select(p => new { p.Key, p.Data }).ToListAsync(cancellationToken);
            if (found.Count < keys.Length) throw new AuditIndexChangedException();
            foreach (var part in found)
            {
                // Counted only where the cache still holds the segment: PutList may have dropped it meanwhile, and then nobody would count it off again.
                cache.Grew(missing[part.Key].Put(AuditSegmentPart.Split(part.Key).Part, part.Data));
            }
        }
    }
}
