using System.Globalization;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Hexabase.Portal.Workspaces;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Budgets;

/// <summary>
/// The budgets of an organization with where they stand. Filter: text in name, slug or the place's name. Sorts: nearness (default; nearest to or
/// furthest over the limit first, unknown last), name.
/// </summary>
/// <param name="AsOf">UTC day, default today.</param>
/// <param name="State">Only budgets that stand so: noData, ok, warned, softLimit ...</param>
public sealed record ListBudgets(string Org, PageRequest Page, DateOnly? AsOf = null, string? State = null) : SharedQuery<Paged<BudgetRow>>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => BudgetsPermissions.Read;

    public override async Task<Result<Paged<BudgetRow>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        if (KeyedList.CheckLimit(Page.Limit) is { } badLimit) return badLimit;
        if (AsOf is { } day && EffectiveDay.Check(day, "asOf") is { } dayError) return Problem.Invalid([dayError]);
        var sort = string.IsNullOrEmpty(Page.Sort) ? "nearness" : Page.Sort;
        if (sort is not ("nearness" or "name" or "-name")) return Problem.Invalid("sort", "sort.unknown", "This list sorts by nearness, name; '-name' reverses.");
        if (State is not null && !Words.TryParse<BudgetState>(State, out _)) return Problem.Invalid("state", "budget.state", "No budget stands like that.");
        var after = Array.Empty<string>();
        if (!string.IsNullOrEmpty(Page.Cursor) && !KeyedList.TryRead(Page.Cursor, sort, 2, out after)) return KeyedList.BadCursor;

        var rows = (await RowsAsync(scope, cancellationToken)).Where(Matches).Select(r => (Key: KeyOf(sort, r), Row: r));
        rows = sort == "-name" ? rows.OrderByDescending(r => r.Key, StringComparer.Ordinal) : rows.OrderBy(r => r.Key, StringComparer.Ordinal);
        if (after.Length > 0) rows = rows.Where(r => string.CompareOrdinal(r.Key, after[1]) * (sort == "-name" ? -1 : 1) > 0);
        var found = rows.Take(Page.Limit + 1).ToList();
        return new Paged<BudgetRow>([.. found.Take(Page.Limit).Select(r => r.Row)], found.Count > Page.Limit ? KeyedList.Write(sort, found[Page.Limit - 1].Key) : null);
    }

    private async Task<List<BudgetRow>> RowsAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var reader = new BudgetFactsReader(scope, AsOf);
        var budgets = await scope.Db.Set<Budget>().ToListAsync(cancellationToken);
        var history = (await scope.Db.Set<BudgetRevision>().ToListAsync(cancellationToken)).ToLookup(r => r.BudgetId);
        var current = budgets.Select(b => (Budget: b, Revision: BudgetRevision.On(history[b.Id], reader.Day))).Where(b => b.Revision is not null).Select(b => (b.Budget, Revision: b.Revision ?? throw new InvalidOperationException("A budget without revision."))).ToList();
        var scopes = await BudgetLookup.ScopeRowsAsync(scope, current.ConvertAll(c => c.Revision), cancellationToken);
        var rows = new List<BudgetRow>(current.Count);
        foreach (var ((budget, revision), place) in current.Zip(scopes))
            rows.Add(BudgetRow.Of(budget, revision, place, budget.Version) with { Status = await reader.EvaluateAsync(revision, cancellationToken) });
        return rows;
    }

    private bool Matches(BudgetRow row)
    {
        if (State is not null && (row.Status is not { } status || Words.Of(status.State) != State)) return false;
        if (string.IsNullOrWhiteSpace(Page.Filter)) return true;
        var text = Page.Filter.Trim();
        return new[] { row.Name, row.Slug, row.Scope.Name, row.Scope.Value }.Any(v => v?.Contains(text, StringComparison.OrdinalIgnoreCase) == true);
    }

    // Keys that sort as text: nearness descending with six decimals, unknown last; the id makes them unique.
    private static string KeyOf(string sort, BudgetRow row) => sort == "nearness"
        ? $"{(row.Nearness is { } near ? (2_000_000_000_000_000m - decimal.Round(near * 1_000_000)).ToString("0000000000000000", CultureInfo.InvariantCulture) : "9")}-{row.Id:N}"
        : $"{row.Name.ToUpperInvariant()}\u0001{row.Id:N}";
}

/// <summary>One budget (id or slug) as it reads today or read on a day.</summary>
public sealed record GetBudget(string Org, string Budget, DateOnly? AsOf = null) : Query<BudgetRow>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => BudgetsPermissions.Read;

    public override Task<Result<AccessTarget>> TargetAsync(ReadScope scope, CancellationToken cancellationToken) => BudgetLookup.PlaceAsync(scope, Budget, cancellationToken, AsOf);

    public override async Task<Result<BudgetRow>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var budget = await BudgetLookup.Find(scope, Budget).SingleOrDefaultAsync(cancellationToken);
        if (budget is null) return Problem.NotFound("budget");
        var history = await scope.Db.Set<BudgetRevision>().Where(r => r.BudgetId == budget.Id).ToListAsync(cancellationToken);
        if (BudgetRevision.On(history, AsOf ?? scope.TodayUtc) is not { } revision) return Problem.NotFound("budget");
        return BudgetRow.Of(budget, revision, await BudgetLookup.ScopeRowAsync(scope, revision, cancellationToken), budget.Version);
    }
}

/// <summary>Where a budget stands now or stood at the end of a day: the same pure function for both.</summary>
public sealed record GetBudgetStatus(string Org, string Budget, DateOnly? AsOf = null) : Query<BudgetOutcome>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => BudgetsPermissions.Read;

    public override Task<Result<AccessTarget>> TargetAsync(ReadScope scope, CancellationToken cancellationToken) => BudgetLookup.PlaceAsync(scope, Budget, cancellationToken, AsOf);

    public override async Task<Result<BudgetOutcome>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        if (AsOf is { } day && EffectiveDay.Check(day, "asOf") is { } dayError) return Problem.Invalid([dayError]);
        var budget = await BudgetLookup.Find(scope, Budget).SingleOrDefaultAsync(cancellationToken);
        if (budget is null) return Problem.NotFound("budget");
        var reader = new BudgetFactsReader(scope, AsOf);
        var history = await scope.Db.Set<BudgetRevision>().Where(r => r.BudgetId == budget.Id).ToListAsync(cancellationToken);
        return BudgetRevision.On(history, reader.Day) is { } revision ? await reader.EvaluateAsync(revision, cancellationToken) : Problem.NotFound("budget");
    }
}
