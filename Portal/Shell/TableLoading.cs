using Hexabase.Portal.Controls;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Shell;

/// <summary>Answers a <see cref="DataTableQuery"/> from a paged query of the portal.</summary>
internal static class TableLoading
{
    /// <param name="query">What the table asks for; more rows than one page of a query holds are asked for in several.</param>
    /// <param name="filter">Text that the list filters by.</param>
    /// <param name="ask">One page.</param>
    /// <param name="refused">Told why a list cannot be shown at all (a filter that names nothing), by a page that says so itself; null: the table says so.</param>
    /// <exception cref="TimeoutException">An outage: the table keeps its rows and offers to try again.</exception>
    public static async Task<DataTablePage<T>> LoadAsync<T>(DataTableQuery query, string? filter, Func<PageRequest, Task<Result<Paged<T>>>> ask, Action<Problem>? refused = null)
    {
        var rows = new List<T>();
        var cursor = query.Cursor;
        do
        {
            var sort = query.Sort is null ? null : query.Descending ? "-" + query.Sort : query.Sort;
            var answer = await ask(new PageRequest(Math.Min(query.Take - rows.Count, PageRequest.MaxLimit), cursor, sort, filter));
            if (!answer.TryGet(out var page, out var problem))
            {
                if (problem.Kind == ProblemKind.Unavailable) throw new TimeoutException(problem.Message);
                if (refused is null) return new DataTablePage<T>([], Refused: problem);
                refused(problem);
                return new DataTablePage<T>([]);
            }

            rows.AddRange(page.Items);
            cursor = page.NextCursor;
        }
        while (cursor is not null && rows.Count < query.Take);
        return new DataTablePage<T>(rows, cursor);
    }
}
