using System.Text.Json;
using Hexabase.Portal.Access;
using Hexabase.Portal.Access.Bindings;
using Hexabase.Portal.Access.Groups;
using Hexabase.Portal.Access.Reviews;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Access.Rules;
using Hexabase.Portal.Access.ServiceAccounts;
using Hexabase.Portal.Access.Sso.Connections;
using Hexabase.Portal.Budgets;
using Hexabase.Portal.Costs;
using Hexabase.Portal.Costs.Imports;
using Hexabase.Portal.Costs.Reports;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Hexabase.Portal.Support;
using Hexabase.Portal.Workspaces;
using Hexabase.Portal.Workspaces.Quotas;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Samples;

public sealed class SampleLoadTest(TestServer server) : IAsyncLifetime
{
    private const string Org = SampleOrganization.Slug;
    private static readonly Actor Startup = Actor.System("startup");
    private static readonly PageRequest All = new(PageRequest.MaxLimit);
    private readonly TestPortal _portal = new(server) { Configure = services => services.Replace(ServiceDescriptor.Singleton<IDataProtectionProvider>(new EphemeralDataProtectionProvider())) };

    public ValueTask InitializeAsync() => _portal.InitializeAsync();

    public ValueTask DisposeAsync() => _portal.DisposeAsync();

    [Fact]
    public async Task Small_IsLoadedThroughTheRealPathsOnce()
    {
        var job = await EndAsync((await SendAsync(Startup, new LoadSample("small"))).JobId);

        job.State.ShouldBe(JobState.Succeeded, job.Errors);
        (await AskAsync(new ListOrganizations(All))).Items.ShouldHaveSingleItem().IsSample.ShouldBeTrue();
        (await AskAsync(new ListWorkspaces(Org, All))).Items.ShouldAllBe(w => w.Labels["sample"] == "true");
        var quotas = (await AskAsync(new ListQuotas(Org, All))).Items.Single(q => q.Workspace == "pos-edge");
        quotas.Resources["cpuMillicores"].Limit.ShouldBe(32_000);
        quotas.Resources["cpuMillicores"].Used.ShouldBeNull();

        var groups = (await AskAsync(new ListGroups(Org, All))).Items;
        groups.Select(g => (g.DisplayName, g.Members, Role: g.Roles.SingleOrDefault())).OrderBy(g => g.DisplayName, StringComparer.Ordinal)
            .ShouldBe(SampleDirectory.Groups.Select(g => (DisplayName: g.Name, Members: g.People.Count, g.Role)).OrderBy(g => g.DisplayName, StringComparer.Ordinal));
        (await AskAsync(new ListPeople(Org, All))).Items.ShouldAllBe(p => p.DisplayName.EndsWith("(sample)", StringComparison.Ordinal) && p.UserName.EndsWith("@aoyama.example", StringComparison.Ordinal));

        var today = DateOnly.FromDateTime(DateTimeOffset.UtcNow.UtcDateTime);
        var lines = await SampleReading.OfAsync(SampleBill.Files(today, SampleSize.Small).Where(f => !f.Name.Contains("preliminary", StringComparison.Ordinal)));
        foreach (var (metric, of) in new (CostMetric, Func<SampleReading.Line, Amount>)[] { (CostMetric.Billed, l => l.Billed), (CostMetric.Effective, l => l.Effective), (CostMetric.List, l => l.List) })
        {
            var sums = await SumsAsync(metric, []);
            foreach (var currency in lines.Lines.GroupBy(l => l.Provider == "Google Cloud" ? "JPY" : "USD"))
                sums[currency.Key].ShouldBe(currency.Aggregate(Amount.Zero, (sum, line) => sum + of(line)).ToString(), $"{metric} {currency.Key}");
            sums.Count.ShouldBe(2);
        }

        var all = await SumsAsync(CostMetric.Effective, []);
        var unallocated = await AskAsync(new GetCosts(Org, Query(CostMetric.Effective, ["businessUnit"])));
        foreach (var row in unallocated.Rows.Where(r => r.Keys["businessUnit"] is null))
            (decimal.Parse(row.Amount.Amount.ToString(), Invariant) / decimal.Parse(all[row.Amount.Currency], Invariant)).ShouldBeInRange(0.02m, 0.04m, row.Amount.Currency);

        await ShouldShowAccessAsync();
        var access = await AccessAsync();
        var before = await StateAsync();
        before.Alerts.Select(a => (a.BudgetId, a.PeriodKind, a.PeriodStart, a.Threshold, a.OnForecast)).ShouldBeUnique();
        before.Alerts.ShouldContain(a => a.BudgetName == "Preview environments");

        var again = await EndAsync((await SendAsync(Startup, new LoadSample())).JobId);
        again.State.ShouldBe(JobState.Succeeded, again.Errors);
        JsonElement.Parse(again.Result.ShouldNotBeNull()).GetProperty("filesImported").GetInt32().ShouldBe(0);
        var after = await StateAsync();
        after.Imports.ShouldBe(before.Imports);
        after.Alerts.ShouldBe(before.Alerts);
        (await SumsAsync(CostMetric.Effective, [])).ShouldBe(all);
        (await AccessAsync()).ShouldBe(access, "a second load makes nothing of access twice");

        (await _portal.Portal.SendAsync(Startup, new LoadSample("full"), Token)).Problem.ShouldNotBeNull().Code.ShouldBe("sample.otherSize");
    }

    [Fact]
    public async Task NewCosts_RaiseABudgetsAlertInTheirOwnCommitAndOnce()
    {
        var world = await CostWorld.CreateAsync(_portal, "Own commit");
        var budget = await SendAsync(world.Finance, new CreateBudget(world.Organization.Slug, new BudgetInput("All", new BudgetScopeInput(Organization: world.Organization.Slug), new BudgetLimitsInput(Monthly: new Money(Amount.Parse("100"), "USD")))));
        var today = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd", Invariant);

        (await world.ImportAsync(CostWorld.Csv(new BillLine("150", today, Period: today[..7])))).State.ShouldBe(JobState.Succeeded);
        var raised = (await AskAsync(new ListBudgetAlerts(world.Organization.Slug, All))).Items;
        raised.ShouldContain(a => a.BudgetId == budget.Id && a.Threshold == 1 && !a.OnForecast && a.Amount.Amount == Amount.Parse("150"));

        (await world.ImportAsync(CostWorld.Csv(new BillLine("10", today, Period: today[..7])))).State.ShouldBe(JobState.Succeeded);
        (await AskAsync(new ListBudgetAlerts(world.Organization.Slug, All))).Items.ShouldBe(raised);
    }

    [Fact]
    public async Task WhoMayNotMakeOrganizations_IsRefusedAndASecondAskFindsTheFirst()
    {
        var organization = await _portal.CreateOrganizationAsync();
        (await _portal.Portal.SendAsync(TestPortal.Actor(BuiltInRoles.OrgAdmin, organization.Id), new LoadSample("small"), Token)).Problem.ShouldNotBeNull().Code.ShouldBe("access.denied");

        // The full one: it cannot end before it is cancelled.
        var first = await SendAsync(Startup, new LoadSample());
        (await SendAsync(Startup, new LoadSample())).JobId.ShouldBe(first.JobId);
        await SendAsync(Startup, new CancelJob(first.JobId));
        (await EndAsync(first.JobId)).State.ShouldBe(JobState.Canceled);
    }

    [Fact]
    public async Task TokenThatMayNothingElse_GetsNoMoreByTheSample()
    {
        var token = await SendAsync(Startup, new CreatePlatformToken(new TokenInput("narrow", BuiltInRoles.ServiceAdmin, ["organizations:create", "organizations:read", "businessUnits:read"], 1)));
        var narrow = new Actor
        {
            Kind = ActorKind.Token, Id = token.Row.Id, Name = "narrow", Grants = [new Grant(BuiltInRoles.ServiceAdmin, GrantScope.Platform, null)],
            PermissionLimit = ["organizations:create", "organizations:read", "businessUnits:read"],
        };

        var job = await EndAsync((await SendAsync(narrow, new LoadSample("small"))).JobId);

        job.State.ShouldBe(JobState.Failed);
        job.Errors.ShouldNotBeNull().ShouldContain("access.denied");
        (await AskAsync(new ListBusinessUnits(Org, All))).Items.ShouldBeEmpty();
    }

    private static readonly System.Globalization.CultureInfo Invariant = System.Globalization.CultureInfo.InvariantCulture;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static CostQuery Query(CostMetric metric, string[] groupBy) => new(CostWorld.Begin, CostWorld.End, metric, groupBy, CostGranularity.Total, []);

    private async Task<Dictionary<string, string>> SumsAsync(CostMetric metric, string[] groupBy) =>
        (await AskAsync(new GetCosts(Org, Query(metric, groupBy)))).Rows.ToDictionary(r => r.Amount.Currency, r => r.Amount.Amount.ToString());

    private async Task<(List<(string File, string State, long Rows)> Imports, List<BudgetAlertRow> Alerts)> StateAsync() =>
        ([.. (await AskAsync(new ListImports(Org, All))).Items.Select(i => (i.FileName, i.State, i.RowsImported))], [.. (await AskAsync(new ListBudgetAlerts(Org, All))).Items]);

    private async Task ShouldShowAccessAsync()
    {
        var roles = (await AskAsync(new ListRoles(Org))).Where(r => !r.IsBuiltIn).ToList();
        roles.Select(r => (r.Name, r.Bindings)).OrderBy(r => r.Name, StringComparer.Ordinal).ShouldBe(
            SampleAccess.Roles.Select(r => ((string?)r.Name, SampleAccess.Bindings.Count(b => b.Role == r.Name))).OrderBy(r => r.Item1, StringComparer.Ordinal));
        var bindings = (await AskAsync(new ListBindings(Org, All, "person"))).Items.Where(b => b.RoleName is not null).ToList();
        bindings.Count.ShouldBe(SampleAccess.Bindings.Count);
        bindings.ShouldAllBe(b => b.Condition != null && b.PlaceName != null);
        (await AskAsync(new ListAccessRules(Org))).ShouldHaveSingleItem().Kind.ShouldBe(AccessRuleKind.Deny);
        (await AskAsync(new ListServiceAccounts(Org, All))).Items.ShouldHaveSingleItem().Tokens.ShouldBe(1);
        var connection = (await AskAsync(new ListSsoConnections(Org, All))).Items.ShouldHaveSingleItem();
        (connection.IsEnabled, connection.Enforcement, new Uri(connection.Issuer).Host.EndsWith(".example", StringComparison.Ordinal)).ShouldBe((false, SsoEnforcement.Off, true));
        var review = (await AskAsync(new ListAccessReviews(Org, All, "open"))).Items.ShouldHaveSingleItem();
        (await AskAsync(new ListReviewItems(Org, review.Id, All))).Items.Count.ShouldBeGreaterThanOrEqualTo(SampleAccess.Bindings.Count);
        foreach (var name in roles.Select(r => r.Name).Append(SampleAccess.RuleName).Append(SampleAccess.AccountName).Append(SampleAccess.TokenName).Append(connection.Name).Append(review.Name)) name.ShouldNotBeNull().ShouldEndWith("(sample)");
    }

    private async Task<List<Guid>> AccessAsync() =>
    [
        .. (await AskAsync(new ListBindings(Org, All))).Items.Select(b => b.Id), .. (await AskAsync(new ListAccessRules(Org))).Select(r => r.Id), .. (await AskAsync(new ListServiceAccounts(Org, All))).Items.Select(a => a.Id),
        .. (await AskAsync(new ListTokens(Org, All))).Items.Select(t => t.Id), .. (await AskAsync(new ListSsoConnections(Org, All))).Items.Select(c => c.Id), .. (await AskAsync(new ListAccessReviews(Org, All))).Items.Select(r => r.Id),
    ];

    private async Task<T> AskAsync<T>(Query<T> query)
    {
        var result = await _portal.Portal.AskAsync(TestPortal.Admin, query, Token);
        result.Problem.ShouldBeNull();
        return result.Value;
    }

    private async Task<T> SendAsync<T>(Actor actor, Command<T> command)
    {
        var result = await _portal.Portal.SendAsync(actor, command, Token);
        result.Problem.ShouldBeNull();
        return result.Value;
    }

    private async Task<JobRow> EndAsync(Guid job)
    {
        for (var i = 0; i < 2400; i++)
        {
            var row = await AskAsync(new GetJob(job));
            if (row.EndedAtUtc is not null) return row;
            await Task.Delay(50, Token);
        }

        throw new TimeoutException("The load did not end.");
    }
}
