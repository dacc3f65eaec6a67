using System.Globalization;
using Hexabase.Portal.Access;
using Hexabase.Portal.Access.Reviews;
using Hexabase.Portal.Access.Scim;
using Hexabase.Portal.Access.Sso.Connections;
using Hexabase.Portal.Budgets;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Workspaces;
using Hexabase.Portal.Workspaces.Quotas;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Home;

/// <summary>The items of the decision queue, one method a source.</summary>
internal static class HomeSources
{
    private const decimal Near = 0.8m;

    public static async Task<IEnumerable<HomeItem>> BudgetsAsync(ReadScope scope, string org, string root, int most, CancellationToken cancellationToken)
    {
        var budgets = await new ListBudgets(org, new PageRequest(most)).HandleAsync(scope, cancellationToken);
        return budgets.Value.Items.Select(b => Of(b, root)).OfType<HomeItem>();
    }

    private static HomeItem? Of(BudgetRow budget, string root)
    {
        if (budget.Status?.Periods.MaxBy(p => p.Nearness ?? -1) is not { Nearness: { } nearness } period) return null;
        var route = $"{root}/budgets/{budget.Slug}";
        var breach = period.BreachDate?.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
        if (period.Used >= 1)
        {
            var over = new Money((period.Actual ?? period.Limit).Amount - period.Limit.Amount, period.Limit.Currency);
            return new HomeItem("budgetBreached", HomeSeverity.Critical, budget.Name, over, breach, "The limit is used up; further cost is over budget until the period ends or the limit is raised.", route);
        }

        if (period is { BreachDate: not null, Forecast: { } forecast })
        {
            var over = new Money(forecast.Mid.Amount - period.Limit.Amount, period.Limit.Currency);
            return new HomeItem("budgetForecastToBreach", HomeSeverity.Warning, budget.Name, over, breach, "At the present rate the limit is used up on this date.", route);
        }

        return nearness < Near ? null : new HomeItem("budgetNear", HomeSeverity.Notice, budget.Name, period.Actual ?? period.Forecast?.Mid, period.End.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc),
            "Little is left until the period ends; a larger bill than usual breaks the limit.", route);
    }

    public static async Task<IEnumerable<HomeItem>> FailedJobsAsync(ReadScope scope, string root, int most, CancellationToken cancellationToken)
    {
        var since = scope.NowUtc.AddDays(-7);
        var failed = await scope.Db.Set<Job>().Where(j => j.State == JobState.Failed && j.EndedAtUtc >= since).OrderByDescending(j => j.EndedAtUtc).ThenBy(j => j.Id).Take(most).Select(j => new { j.Id, j.Title }).ToListAsync(cancellationToken);
        return failed.Select(j => new HomeItem("jobFailed", HomeSeverity.Warning, j.Title, null, null, "What the job was to bring is missing until it is repaired and run again.", $"{root}/jobs/{j.Id}"));
    }

    public static async Task<IEnumerable<HomeItem>> InvitationsAsync(ReadScope scope, string root, int most, CancellationToken cancellationToken)
    {
        var until = scope.NowUtc.AddDays(3);
        var open = await scope.Db.Set<Invitation>().Where(i => i.AcceptedAtUtc == null && i.RevokedAtUtc == null && i.ExpiresAtUtc > scope.NowUtc && i.ExpiresAtUtc <= until)
            .OrderBy(i => i.ExpiresAtUtc).ThenBy(i => i.Id).Take(most).Select(i => new { i.Email, i.ExpiresAtUtc }).ToListAsync(cancellationToken);
        return open.Select(i => new HomeItem("invitationExpiring", HomeSeverity.Notice, i.Email, null, i.ExpiresAtUtc, "The link stops working; the person has to be invited again.", $"{root}/people"));
    }

    public static async Task<IEnumerable<HomeItem>> TokensAsync(ReadScope scope, string root, int most, CancellationToken cancellationToken)
    {
        var until = scope.NowUtc.AddDays(30);
        var ending = await scope.Db.Set<ApiToken>().Where(t => t.RevokedAtUtc == null && t.ExpiresAtUtc > scope.NowUtc && t.ExpiresAtUtc <= until)
            .OrderBy(t => t.ExpiresAtUtc).ThenBy(t => t.Id).Take(most).Select(t => new { t.Name, t.ExpiresAtUtc }).ToListAsync(cancellationToken);
        return ending.Select(t => new HomeItem("tokenExpiring", t.ExpiresAtUtc <= scope.NowUtc.AddDays(1) ? HomeSeverity.Critical : t.ExpiresAtUtc <= scope.NowUtc.AddDays(7) ? HomeSeverity.Warning : HomeSeverity.Notice, t.Name, null, t.ExpiresAtUtc, "Programs that use the token are refused from then on.", $"{root}/tokens"));
    }

    public static async Task<IEnumerable<HomeItem>> HeldChangesAsync(ReadScope scope, string root, CancellationToken cancellationToken)
    {
        var waiting = await scope.Db.Set<HeldChange>().CountAsync(h => h.State == HeldChangeState.Pending, cancellationToken);
        return waiting == 0 ? [] : [new HomeItem("departuresHeld", HomeSeverity.Critical, waiting.ToString(CultureInfo.InvariantCulture), null, null, "People whom the identity provider removed keep their access until somebody approves.", $"{root}/provisioning?tab=held")];
    }

    public static async Task<IEnumerable<HomeItem>> SignInAsync(ReadScope scope, string root, CancellationToken cancellationToken)
    {
        var items = new List<HomeItem>();
        var glass = await new GetBreakGlass("").HandleAsync(scope, cancellationToken);
        if (glass.Value is { UsedAtUtc: { } used }) items.Add(new HomeItem("breakGlassUsed", HomeSeverity.Critical, scope.Tenant?.Name ?? "", null, used, "Somebody came in past single sign-on, and no code is sealed for the next outage. Find out who it was, then seal a new one.", $"{root}/sso"));
        var expiring = await new ListSsoExpiries("").HandleAsync(scope, cancellationToken);
        items.AddRange(expiring.Value.Where(e => !e.HasSuccessor).Select(e => new HomeItem(
            "ssoCertificateExpiring", e.DaysLeft <= 1 ? HomeSeverity.Critical : e.DaysLeft <= 30 ? HomeSeverity.Warning : HomeSeverity.Notice, e.ConnectionName, null, e.ExpiresAtUtc, "When the provider signs with a new certificate that is not pinned here, nobody can sign in.", $"{root}/sso")));
        return items;
    }

    /// <summary>Reviews in which something waits for the actor, whatever their permissions.</summary>
    public static async Task<IEnumerable<HomeItem>> ReviewsAsync(ReadScope scope, string root, int most, CancellationToken cancellationToken)
    {
        var caller = await ReviewCaller.OfAsync(scope, cancellationToken);
        var waiting = caller.Own(scope.Db.Set<AccessReviewItem>().Where(i => i.OrganizationId == scope.OrganizationId && i.Decision == ReviewDecision.None));
        var due = await scope.Db.Set<AccessReview>().Where(r => r.OrganizationId == scope.OrganizationId && r.State == ReviewState.Open && waiting.Any(i => i.ReviewId == r.Id))
            .OrderBy(r => r.DueAtUtc).ThenBy(r => r.Id).Take(most).Select(r => new { r.Id, r.Name, r.DueAtUtc }).ToListAsync(cancellationToken);
        return due.Select(r => new HomeItem(
            "reviewsDue", r.DueAtUtc <= scope.NowUtc.AddDays(3) ? HomeSeverity.Warning : HomeSeverity.Notice, r.Name, null, r.DueAtUtc, "What you have not decided on is kept, reduced or removed as the review says.", $"{root}/access/reviews?id={r.Id}&mine=true"));
    }

    public static async Task<IEnumerable<HomeItem>> WithoutQuotaAsync(ReadScope scope, string root, int most, CancellationToken cancellationToken)
    {
        var limited = scope.Db.Set<WorkspaceQuotaLimit>().Where(l => l.UntilUtc == null).Select(l => l.WorkspaceId);
        var open = await scope.Db.Set<Workspace>().Where(w => !w.IsArchived && !limited.Contains(w.Id)).OrderBy(w => w.Name).ThenBy(w => w.Id).Take(most).Select(w => new { w.Slug, w.Name }).ToListAsync(cancellationToken);
        return open.Select(w => new HomeItem("workspaceWithoutQuota", HomeSeverity.Notice, w.Name, null, null, "Nothing bounds what the workspace takes from the others.", $"{root}/workspaces/{w.Slug}"));
    }
}
