using Hexabase.Portal.Access;
using Hexabase.Portal.Access.Scim;
using Hexabase.Portal.Budgets;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Hexabase.Portal.Workspaces;
using Hexabase.Portal.Workspaces.Quotas;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Home;

/// <summary>How much an item of the queue matters.</summary>
public enum HomeSeverity
{
    /// <summary>Something is over, lost or stopped already.</summary>
    Critical,
    Warning,
    Notice,
}

/// <summary>One thing that waits for a decision.</summary>
/// <param name="Kind">budgetBreached, budgetForecastToBreach, budgetNear, jobFailed, invitationExpiring, tokenExpiring, departuresHeld, workspaceWithoutQuota, breakGlassUsed, ssoCertificateExpiring, reviewsDue.</param>
/// <param name="Subject">What it is about, by name.</param>
/// <param name="Amount">The money at stake.</param>
/// <param name="DeadlineUtc">When it decides itself.</param>
/// <param name="Consequence">What happens if nobody acts: the English sentence; pages show the resource <c>home.{Kind}.consequence</c>.</param>
/// <param name="Route">The page that deals with it, below the site's root.</param>
public sealed record HomeItem(string Kind, HomeSeverity Severity, string Subject, Money? Amount, DateTime? DeadlineUtc, string Consequence, string Route);

/// <summary>One step of setting the organization up.</summary>
/// <param name="Step">businessUnit, workspace, import, budget, people.</param>
public sealed record OnboardingStep(string Step, bool IsDone, string Route);

/// <summary>The decision queue, most urgent first, and the set-up steps; only what the actor may see.</summary>
public sealed record HomeView(IReadOnlyList<HomeItem> Items, IReadOnlyList<OnboardingStep> Onboarding);

/// <summary>What needs somebody in the organization; whoever reaches it may ask and sees what their permissions show.</summary>
public sealed record GetHome(string Org) : Query<HomeView>
{
    private const int MaxOfAKind = 50;

    public override string OrganizationKey => Org;

    public override Permission? Permission => OrganizationsPermissions.Read;

    public override bool AllowsAnySignedIn => true;

    public override async Task<Result<HomeView>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var root = $"/o/{scope.Tenant?.Slug}";
        var items = new List<HomeItem>();
        if (May(scope, BudgetsPermissions.Read)) items.AddRange(await HomeSources.BudgetsAsync(scope, Org, root, MaxOfAKind, cancellationToken));
        if (May(scope, JobPermissions.Read)) items.AddRange(await HomeSources.FailedJobsAsync(scope, root, MaxOfAKind, cancellationToken));
        if (May(scope, PeopleRead)) items.AddRange(await HomeSources.InvitationsAsync(scope, root, MaxOfAKind, cancellationToken));
        if (May(scope, TokensRead)) items.AddRange(await HomeSources.TokensAsync(scope, root, MaxOfAKind, cancellationToken));
        if (May(scope, ScimPermissions.Read)) items.AddRange(await HomeSources.HeldChangesAsync(scope, root, cancellationToken));
        if (May(scope, WorkspacesPermissions.ReadQuotas)) items.AddRange(await HomeSources.WithoutQuotaAsync(scope, root, MaxOfAKind, cancellationToken));
        if (May(scope, SsoRead)) items.AddRange(await HomeSources.SignInAsync(scope, root, cancellationToken));
        items.AddRange(await HomeSources.ReviewsAsync(scope, root, MaxOfAKind, cancellationToken));
        return new HomeView(
            [.. items.OrderBy(i => i.Severity).ThenBy(i => i.DeadlineUtc ?? DateTime.MaxValue).ThenBy(i => i.Kind, StringComparer.Ordinal).ThenBy(i => i.Subject, StringComparer.Ordinal)],
            await OnboardingAsync(scope, root, cancellationToken));
    }

    private static readonly Permission PeopleRead = new("people", "read");
    private static readonly Permission SsoRead = new("sso", "read");
    private static readonly Permission TokensRead = new("tokens", "read");

    private static bool May(ReadScope scope, Permission permission) => AccessPolicy.May(scope.Actor, permission, scope.OrganizationId);

    private static async Task<List<OnboardingStep>> OnboardingAsync(ReadScope scope, string root, CancellationToken cancellationToken)
    {
        // Only whether there is any: the steps of those who may see them.
        var steps = new List<OnboardingStep>();
        if (May(scope, OrganizationsPermissions.ReadBusinessUnits)) steps.Add(new("businessUnit", await scope.Db.Set<BusinessUnit>().AnyAsync(cancellationToken), $"{root}/business-units"));
        if (May(scope, WorkspacesPermissions.Read)) steps.Add(new("workspace", await scope.Db.Set<Workspace>().AnyAsync(cancellationToken), $"{root}/workspaces"));
        if (May(scope, JobPermissions.Read)) steps.Add(new("import", await scope.Db.Set<Job>().AnyAsync(j => j.Kind == "costImport" && j.State == JobState.Succeeded, cancellationToken), $"{root}/imports"));
        if (May(scope, BudgetsPermissions.Read)) steps.Add(new("budget", await scope.Db.Set<Budget>().AnyAsync(cancellationToken), $"{root}/budgets"));
        if (May(scope, PeopleRead)) steps.Add(new("people", await scope.Db.Set<Member>().AnyAsync(cancellationToken) || await scope.Db.Set<Invitation>().AnyAsync(cancellationToken), $"{root}/people"));
        return steps;
    }
}
