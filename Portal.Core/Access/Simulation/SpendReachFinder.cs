using Hexabase.Portal.Access.Explain;
using Hexabase.Portal.Access.Rules;
using Hexabase.Portal.Budgets;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Workspaces;
using Hexabase.Portal.Workspaces.Quotas;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Simulation;

/// <summary>Finds how much identities can spend; budgets and quotas are read once for all of them.</summary>
internal sealed class SpendReachFinder
{
    private const int MaxPlaces = 200;
    private static readonly Permission[] Spending = [WorkspacesPermissions.Write, WorkspacesPermissions.WriteQuotas];
    private readonly AccessState _state;
    private readonly KnownPlaces _places;
    private readonly RuleSet _rules;
    private readonly List<BudgetRow> _budgets;
    private readonly ILookup<Guid, (string Resource, long Limit)> _quotas;
    private readonly string _currency;

    private SpendReachFinder(AccessState state, KnownPlaces places, RuleSet rules, List<BudgetRow> budgets, ILookup<Guid, (string Resource, long Limit)> quotas, string currency) =>
        (_state, _places, _rules, _budgets, _quotas, _currency) = (state, places, rules, budgets, quotas, currency);

    /// <summary>The permissions that the answer rests on.</summary>
    public static IReadOnlyList<Permission> Asked { get; } = [.. Spending, BudgetsPermissions.Write];

    public static async Task<SpendReachFinder> LoadAsync(ReadScope scope, AccessState state, KnownPlaces places, CancellationToken cancellationToken)
    {
        var org = scope.OrganizationId;
        var budgets = new List<BudgetRow>();
        for (string? cursor = null; ;)
        {
            var page = (await new ListBudgets(org.ToString(), new PageRequest(PageRequest.MaxLimit, cursor, "name")).HandleAsync(scope, cancellationToken)).Value;
            budgets.AddRange(page.Items);
            if ((cursor = page.NextCursor) is null) break;
        }

        var whole = await scope.Db.Set<OrganizationQuota>().AsNoTracking().Where(q => q.OrganizationId == org).Select(q => new { q.Resource, q.Limit }).ToListAsync(cancellationToken);
        var inside = await scope.Db.Set<WorkspaceQuotaLimit>().AsNoTracking().Where(q => q.OrganizationId == org && q.UntilUtc == null).Select(q => new { q.WorkspaceId, q.Resource, q.Limit }).ToListAsync(cancellationToken);
        var quotas = whole.Select(q => (Place: Guid.Empty, q.Resource, q.Limit)).Concat(inside.Select(q => (Place: q.WorkspaceId, q.Resource, q.Limit))).OrderBy(q => q.Resource, StringComparer.Ordinal).ToLookup(q => q.Place, q => (q.Resource, q.Limit));
        // A condition may be met some time, so only rules that always refuse narrow what is possible at most.
        var rules = new RuleSet(org, state.Rules.All.Where(r => r.Condition is null));
        return new SpendReachFinder(state, places, rules, budgets, quotas, scope.Tenant?.Currency ?? "");
    }

    /// <param name="who">As decisions see them; conditions of their roles are taken as met.</param>
    public SpendReach Of(Actor who)
    {
        var actor = who with { Grants = RoleHolder.WithoutConditions(who.Grants), Rules = _rules };
        var roots = new List<(KnownPlaces.Place Place, List<string> By)>();
        foreach (var place in _places.Below.Where(p => p.Scope != GrantScope.Project && !p.IsArchived).Prepend(_places.Whole))
        {
            if (roots.Exists(r => Contains(r.Place, place))) continue;
            var by = Spending.Where(p => AccessPolicy.Decide(actor, p, place.Target).Allowed).Select(p => p.ToString()).ToList();
            if (by.Count > 0) roots.Add((place, by));
            if (roots.Count > MaxPlaces) break;
        }

        var places = roots.ConvertAll(r => new SpendPlace(r.Place.Scope, r.Place.Id, r.Place.Name, r.By, Bound(actor, r.Place), Quotas(actor, r.Place)));
        var bounded = places.TrueForAll(p => p.Bound is { MayRaise: false });
        // A budget that counts several of the places leaves its money once.
        var most = !bounded ? [] : places.Select(p => p.Bound).OfType<SpendBound>().DistinctBy(b => b.BudgetId).GroupBy(b => b.Left.Currency).Select(g => g.Select(b => b.Left).Aggregate((a, b) => a + b)).OrderBy(m => m.Currency, StringComparer.Ordinal).ToList();
        var more = places.Count > MaxPlaces;
        return new SpendReach(places.Count > 0, bounded && !more, more ? [] : most, more ? places[..MaxPlaces] : places, more);
    }

    private static bool Contains(KnownPlaces.Place outer, KnownPlaces.Place inner) => outer.Scope switch
    {
        GrantScope.Organization => true,
        GrantScope.BusinessUnit => inner.Target.BusinessUnitIds?.Contains(outer.Id ?? Guid.Empty) == true,
        _ => false,
    };

    /// <summary>Those that the identity cannot change first, then hard limits, then the organization's currency, then the least that is left.</summary>
    private SpendBound? Bound(Actor actor, KnownPlaces.Place place) => _budgets.Where(b => Counts(b, place)).Select(b => ToBound(actor, b)).OfType<SpendBound>()
        .OrderBy(b => b.MayRaise).ThenBy(b => !b.IsHard).ThenBy(b => b.Left.Currency != _currency).ThenBy(b => b.Left.Amount).ThenBy(b => b.BudgetId).FirstOrDefault();

    /// <summary>True where all that is spent at the place counts in the budget; a label says nothing of what is made later, a user's cost is not known.</summary>
    private static bool Counts(BudgetRow budget, KnownPlaces.Place place) => budget.Scope.Kind switch
    {
        BudgetScopeKind.Organization => true,
        BudgetScopeKind.BusinessUnit => place.Target.BusinessUnitIds?.Contains(budget.Scope.Id ?? Guid.Empty) == true,
        BudgetScopeKind.Workspace => place.Id is not null && place.Id == budget.Scope.Id,
        BudgetScopeKind.Environment => place.Environment is { } environment && Words.Of(environment) == budget.Scope.Value,
        _ => false,
    };

    private SpendBound? ToBound(Actor actor, BudgetRow budget)
    {
        if (budget.Status?.Periods is not { Count: > 0 } periods) return null;
        var period = periods.FirstOrDefault(p => p.Kind == BudgetPeriodKind.Monthly) ?? periods.OrderBy(p => p.Kind).First();
        var limit = budget.HardLimit is { } hard ? period.Limit with { Amount = period.Limit.Amount.MultiplyDivide((long)decimal.Round(hard * 10_000), 10_000) } : period.Limit;
        var left = limit.Amount - (period.Actual?.Amount ?? Amount.Zero);
        var at = budget.Scope.Kind is BudgetScopeKind.BusinessUnit or BudgetScopeKind.Workspace ? _places.Of(budget.Scope.Id) : _places.Whole;
        return new SpendBound(
            budget.Id, budget.Slug, budget.Name, budget.HardLimit is not null, period.Kind, limit, period.Actual, new Money(left.Sign < 0 ? Amount.Zero : left, limit.Currency), AccessPolicy.Decide(actor, BudgetsPermissions.Write, at.Target).Allowed);
    }

    private List<SpendQuota> Quotas(Actor actor, KnownPlaces.Place place)
    {
        if (place.Scope == GrantScope.BusinessUnit) return [];
        var mayRaise = AccessPolicy.Decide(actor, WorkspacesPermissions.WriteQuotas, place.Target).Allowed;
        return [.. _quotas[place.Id ?? Guid.Empty].Select(q => new SpendQuota(q.Resource, q.Limit, mayRaise))];
    }
}
