namespace Hexabase.Portal.Kernel;

/// <summary>
/// A whole list that leaves the portal as a file: the same query, page after page in one snapshot, for whoever may read the list, with an audit
/// entry of its own ("workspaces.export").
/// </summary>
/// <param name="List">The list's query for one page.</param>
/// <param name="First">Filter and sort; where it begins and how much a page holds is the export's own business.</param>
public sealed record ExportList<T>(Func<PageRequest, Query<Paged<T>>> List, PageRequest First) : Query<IReadOnlyList<T>>
{
    /// <summary>What one file holds; more needs a narrower filter.</summary>
    public const int MaxRows = 100_000;

    private readonly Query<Paged<T>> _first = List(First with { Cursor = null, Limit = PageRequest.MaxLimit });

    /// <summary>The audit action, from the query's name: ListWorkspaces → "workspaces.export".</summary>
    public string Action => ActionOf(_first.GetType().Name);

    public override string? OrganizationKey => _first.OrganizationKey;

    public override Permission? Permission => _first.Permission;

    public override bool AllowsAnySignedIn => _first.AllowsAnySignedIn;

    public override bool IsProtected => true;

    public override Task<Result<AccessTarget>> TargetAsync(ReadScope scope, CancellationToken cancellationToken) => _first.TargetAsync(scope, cancellationToken);

    public override async Task<Result<IReadOnlyList<T>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var rows = new List<T>();
        var query = _first;
        while (true)
        {
            var answer = await query.HandleAsync(scope, cancellationToken);
            if (!answer.TryGet(out var page, out var problem)) return problem;
            rows.AddRange(page.Items);
            if (rows.Count > MaxRows) return Problem.Refused("export.tooLarge", $"A file holds at most {MaxRows} rows. Narrow the list with a filter.", MaxRows);
            if (page.NextCursor is null) return rows;
            query = List(First with { Cursor = page.NextCursor, Limit = PageRequest.MaxLimit });
        }
    }

    internal static string ActionOf(string query)
    {
        var name = query.StartsWith("List", StringComparison.Ordinal) ? query[4..] : query;
        return $"{char.ToLowerInvariant(name[0])}{name[1..]}.export";
    }
}
