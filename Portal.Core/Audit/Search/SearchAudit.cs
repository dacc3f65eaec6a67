using System.Globalization;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;

namespace Hexabase.Portal.Audit.Search;

/// <summary>
/// Searches an audit log, newest first, by the language of <see cref="AuditQueryParser"/>. Each search leaves an entry of its own, after it has run. A page may
/// be shorter than asked although more follow (entries in which a phrase stands have to be read): go on while there is a cursor. Refused with
/// <c>audit.search.narrow</c> where it would take too long.
/// </summary>
/// <param name="Org">Null = the platform's own log.</param>
/// <param name="Q">Qualifiers and free text.</param>
/// <param name="After">From this moment on.</param>
/// <param name="Before">Up to, without, this moment.</param>
public sealed record SearchAudit(string? Org, string? Q = null, DateTime? After = null, DateTime? Before = null, int Limit = PageRequest.DefaultLimit, string? Cursor = null) : Query<Paged<AuditEntryRow>>
{
    private const int MaxReadForPhrases = 4000;
    private const int ReadAtOnce = 400;

    public override string? OrganizationKey => Org;

    public override Permission? Permission => AuditPermissions.Read;

    public override bool IsProtected => true;

    public override Task<Result<AccessTarget>> TargetAsync(ReadScope scope, CancellationToken cancellationToken) => Task.FromResult<Result<AccessTarget>>(AuditReach.TargetOf(scope));

    public override async Task<Result<Paged<AuditEntryRow>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        if (KeyedList.CheckLimit(Limit) is { } badLimit) return badLimit;
        var below = AuditPlace.Newest;
        Guid? last = null;
        if (!string.IsNullOrEmpty(Cursor))
        {
            if (!TryRead(Cursor, out below, out var id)) return KeyedList.BadCursor;
            last = id;
        }

        return await AuditSearchSession.RunAsync(scope, (session, limited) => FindAsync(session, below, last, limited), cancellationToken);
    }

    private async Task<Result<Paged<AuditEntryRow>>> FindAsync(AuditSearchSession session, AuditPlace below, Guid? last, CancellationToken cancellationToken)
    {
        if (!(await session.PlanAsync(Q, After, Before, cancellationToken)).TryGet(out var plan, out var problem)) return problem;
        var evaluator = new AuditEvaluator(plan, session.Loader);
        var finder = new AuditFinder(session.Segments, evaluator, session.Loader);
        var found = new List<(AuditPlace Place, AuditEntryRow Row)>();
        for (var read = 0; ;)
        {
            var wanted = evaluator.HasPhrases ? Math.Max(ReadAtOnce, Limit + 1) : Limit + 1 - found.Count;
            var finds = await finder.NextAsync(below, wanted, cancellationToken);
            foreach (var (find, row) in await session.RowsAsync(finds, cancellationToken))
            {
                // An entry that had no index on the page before has one by now.
                if (row.Id != last && (!find.IsUnsure || evaluator.Holds(row))) found.Add((find.Place, row));
            }

            if (found.Count > Limit) return Page(found.Take(Limit), found[Limit - 1].Place, found[Limit - 1].Row.Id);
            if (finds.Count < wanted) return Page(found, null, default);
            below = finds[^1].Place;
            read += finds.Count;
            if (evaluator.HasPhrases && read >= MaxReadForPhrases) return Page(found, below, found.Count > 0 ? found[^1].Row.Id : Guid.Empty);
        }
    }

    private static Paged<AuditEntryRow> Page(IEnumerable<(AuditPlace Place, AuditEntryRow Row)> found, AuditPlace? next, Guid last) => new([.. found.Select(f => f.Row)], next is not { } place ? null
        : KeyedList.Write("audit", place.Micros.ToString(CultureInfo.InvariantCulture), place.Index.ToString(CultureInfo.InvariantCulture), last.ToString("N")));

    private static bool TryRead(string cursor, out AuditPlace below, out Guid last)
    {
        (below, last) = (default, default);
        if (!KeyedList.TryRead(cursor, "audit", 4, out var parts) || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var micros)
            || !long.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var index) || !Guid.TryParseExact(parts[3], "N", out last)) return false;
        below = new AuditPlace(micros, index);
        return true;
    }
}
