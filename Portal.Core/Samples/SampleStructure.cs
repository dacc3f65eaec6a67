using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hexabase.Portal.Budgets;
using Hexabase.Portal.Costs.Allocation;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Hexabase.Portal.Workspaces;
using Hexabase.Portal.Workspaces.Quotas;

namespace Hexabase.Portal.Samples;

/// <summary>Everything of the sample organization but its costs. What is found, by slug or name, is left as it is.</summary>
internal sealed class SampleStructure(SampleSender sender)
{
    private const string Org = SampleOrganization.Slug;
    private const string Source = "sample";
    private static readonly PageRequest All = new(PageRequest.MaxLimit);

    public async Task EnsureAsync(DateOnly lastDay, CancellationToken cancellationToken)
    {
        await EnsureOrganizationAsync(cancellationToken);
        var units = (await sender.AskAsync(new ListBusinessUnits(Org, All, IncludeArchived: true), cancellationToken)).Items.Select(u => u.Slug).ToHashSet(StringComparer.Ordinal);
        foreach (var unit in SampleOrganization.BusinessUnits.Where(u => !units.Contains(u.Slug)))
            await sender.SendAsync(new CreateBusinessUnit(Org, unit.Name, unit.CostCenter, Owner: unit.Owner), cancellationToken);
        await EnsureWorkspacesAsync(cancellationToken);
        await EnsureQuotasAsync(cancellationToken);
        var rules = (await sender.AskAsync(new ListAllocationRuleSets(Org, All), cancellationToken)).Items.Select(s => s.EffectiveFrom).ToHashSet();
        foreach (var version in SamplePolicies.AllocationRules(lastDay).Select(Read<AllocationRulesInput>).Where(v => v.EffectiveFrom is { } from && !rules.Contains(from)))
            await sender.SendAsync(new SaveAllocationRules(Org, version), cancellationToken);
    }

    /// <summary>After the costs: each budget is evaluated when it is made, and what it has reached is told once.</summary>
    public async Task EnsureBudgetsAsync(CancellationToken cancellationToken)
    {
        var known = (await sender.AskAsync(new ListBudgets(Org, All), cancellationToken)).Items.Select(b => b.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var budget in SamplePolicies.Budgets().Select(ReadBudget).Where(b => b.Name is { } name && !known.Contains(name)))
            await sender.SendAsync(new CreateBudget(Org, budget), cancellationToken);
    }

    private async Task EnsureOrganizationAsync(CancellationToken cancellationToken)
    {
        var found = (await sender.AskAsync(new ListOrganizations(new PageRequest(PageRequest.MaxLimit, Filter: Org)), cancellationToken)).Items.FirstOrDefault(o => o.Slug == Org);
        found ??= await sender.SendAsync(
            new CreateOrganization(
                new OrganizationInput(SampleOrganization.Name, SampleOrganization.Plan, SampleOrganization.Currency, SampleOrganization.TimeZone, SampleOrganization.FiscalYearStartMonth, SampleOrganization.Regions), IsSample: true),
            cancellationToken);
        if (!found.IsSample || found.Slug != Org) throw new SampleRefusedException(Problem.Conflict("sample.slugTaken", $"An organization that is no sample has the address {Org}. The sample cannot be loaded beside it.", Org));
    }

    private async Task EnsureWorkspacesAsync(CancellationToken cancellationToken)
    {
        var known = (await sender.AskAsync(new ListWorkspaces(Org, All, IncludeArchived: true), cancellationToken)).Items.ToDictionary(w => w.Slug, StringComparer.Ordinal);
        foreach (var workspace in SampleOrganization.Workspaces)
        {
            if (!known.TryGetValue(workspace.Name, out var found))
            {
                found = await sender.SendAsync(
                    new CreateWorkspace(Org, new WorkspaceInput(workspace.Name, workspace.BusinessUnit, Words.Of(workspace.Environment), workspace.Regions, workspace.Labels, workspace.Owner, Words.Of(workspace.Classification))),
                    cancellationToken);
            }

            // Nothing can be made in a workspace that somebody has archived.
            if (found.IsArchived) continue;
            var projects = (await sender.AskAsync(new ListProjects(Org, workspace.Name, All, IncludeArchived: true), cancellationToken)).Items.Select(p => p.Slug).ToHashSet(StringComparer.Ordinal);
            foreach (var project in workspace.Projects.Where(p => !projects.Contains(p))) await sender.SendAsync(new CreateProject(Org, workspace.Name, project), cancellationToken);
        }
    }

    private async Task EnsureQuotasAsync(CancellationToken cancellationToken)
    {
        var known = (await sender.AskAsync(new ListQuotas(Org, All), cancellationToken)).Items.ToDictionary(q => q.Workspace, StringComparer.Ordinal);
        var readings = new List<QuotaReadingInput>();
        foreach (var quotas in SampleOrganization.Quotas.GroupBy(q => q.Workspace, StringComparer.Ordinal))
        {
            if (!known.TryGetValue(quotas.Key, out var row)) continue;
            if (row.Version == 0) await sender.SendAsync(new SetWorkspaceQuota(Org, quotas.Key, quotas.ToDictionary(q => q.Resource, q => (long?)q.Limit, StringComparer.Ordinal)), cancellationToken);
            readings.AddRange(quotas.Where(q => q.Used is not null && row.Resources.GetValueOrDefault(q.Resource)?.AtUtc is null).Select(q => new QuotaReadingInput(q.Workspace, q.Resource, q.Used, q.Requested, q.Reserved)));
        }

        if (readings.Count > 0) await sender.SendAsync(new RecordQuotaReadings(Org, Source, readings), cancellationToken);
    }

    private static T Read<T>(JsonObject body) => body.Deserialize<T>(JobJson.Options) ?? throw new InvalidOperationException("An empty body in the sample.");

    private static BudgetInput ReadBudget(JsonObject body)
    {
        var limits = body["limits"]?.AsObject();
        return new BudgetInput(
            (string?)body["name"], body["scope"]?.Deserialize<BudgetScopeInput>(JobJson.Options), new BudgetLimitsInput(Monthly: Limit("monthly"), Yearly: Limit("yearly")), (string?)body["metric"],
            body["thresholds"]?.Deserialize<decimal[]>(), body["forecastThresholds"]?.Deserialize<decimal[]>());

        Money? Limit(string period) => limits?[period] is { } money ? new Money(Amount.Parse(string.Create(CultureInfo.InvariantCulture, $"{money["amount"]}")), $"{money["currency"]}") : null;
    }
}
