using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Costs.Allocation;
using Hexabase.Portal.Costs.Imports;
using Hexabase.Portal.Costs.Reports;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Hexabase.Portal.Support;
using Hexabase.Portal.Workspaces;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Hexabase.Portal.Costs;

/// <summary>One organization with units, workspaces and bills, and the verbs of the tests on it.</summary>
public sealed class CostWorld(TestPortal portal, OrganizationRow organization)
{
    public static readonly DateOnly Begin = new(2000, 1, 1);
    public static readonly DateOnly End = new(2100, 1, 1);

    private const string Header =
        "BilledCost,BillingAccountId,BillingAccountName,BillingCurrency,BillingPeriodEnd,BillingPeriodStart,ChargeCategory,ChargeClass,ChargeDescription,ChargeFrequency,ChargePeriodEnd,ChargePeriodStart," +
        "ConsumedQuantity,ConsumedUnit,ContractedCost,EffectiveCost,InvoiceIssuerName,ListCost,PricingQuantity,PricingUnit,ProviderName,PublisherName,RegionName,ResourceId,ServiceCategory,ServiceName,SubAccountId,Tags,x_Team";

    public OrganizationRow Organization => organization;

    public Actor Finance { get; } = TestPortal.Actor(BuiltInRoles.OrgAdmin, organization.Id);

    public static async Task<CostWorld> CreateAsync(TestPortal portal, string name = "Aoyama Financial Group") => new(portal, await portal.CreateOrganizationAsync(name));

    public async Task<Guid> AddUnitAsync(string name, string? costCenter = null, Guid? parent = null, DateOnly? from = null)
    {
        var unit = BusinessUnit.Create(organization.Id, Slug.Stem(name), name, null, DateTime.UnixEpoch);
        await SaveAsync(unit, new BusinessUnitPlacement { Id = Ids.New(), OrganizationId = organization.Id, BusinessUnitId = unit.Id, EffectiveFrom = from ?? Begin, ParentId = parent, CostCenter = costCenter });
        return unit.Id;
    }

    public async Task<Guid> AddWorkspaceAsync(string name, Guid unit, string labels = "{}")
    {
        var settings = new WorkspaceSettings(name, unit, WorkspaceEnvironment.Production, DataClassification.Internal, IsolationLevel.Shared, [], labels, null);
        var workspace = Workspace.Create(organization.Id, Slug.Stem(name), settings, DateTime.UnixEpoch);
        await SaveAsync(workspace, new WorkspacePlacement { Id = Ids.New(), OrganizationId = organization.Id, WorkspaceId = workspace.Id, EffectiveFrom = Begin, BusinessUnitId = unit });
        return workspace.Id;
    }

    public async Task<Guid> AddProjectAsync(string name, Guid workspace, string labels = "{}")
    {
        var project = Project.Create(organization.Id, workspace, Slug.Stem(name), name, labels, DateTime.UnixEpoch);
        await SaveAsync(project);
        return project.Id;
    }

    public Task MoveWorkspaceAsync(Guid workspace, Guid unit, DateOnly from) =>
        SaveAsync(new WorkspacePlacement { Id = Ids.New(), OrganizationId = organization.Id, WorkspaceId = workspace, EffectiveFrom = from, BusinessUnitId = unit });

    public async Task SaveAsync(params object[] entities)
    {
        await using var open = await portal.Database.OpenAsync(DataScope.Of(organization.Id), forWriting: true, CancellationToken.None);
        open.Db.AddRange(entities);
        await open.Db.SaveChangesAsync();
        await open.CommitAsync(CancellationToken.None);
    }

    public async Task<Guid> StartAsync(byte[] content, string? onError = null, string? mode = null)
    {
        var file = portal.Services.GetRequiredService<CostImportSpool>().NewFile();
        await File.WriteAllBytesAsync(file, content);
        var started = await portal.Portal.SendAsync(Finance, new StartCostImport(organization.Slug, file, "bill.csv", onError, mode));
        started.Problem.ShouldBeNull();
        return started.Value.JobId;
    }

    public async Task<JobRow> ImportAsync(byte[] content, string? onError = null, string? mode = null) => await EndAsync(await StartAsync(content, onError, mode));

    public Task<JobRow> ImportAsync(string csv, string? onError = null, string? mode = null) => ImportAsync(Encoding.UTF8.GetBytes(csv), onError, mode);

    public async Task<JobRow> EndAsync(Guid job, int seconds = 60)
    {
        for (var i = 0; i < seconds * 40; i++)
        {
            var row = (await portal.Portal.AskAsync(TestPortal.Admin, new GetJob(job))).Value;
            if (row.EndedAtUtc is not null) return row;
            await Task.Delay(25);
        }

        throw new TimeoutException("The job did not end.");
    }

    public async Task<CostReport> CostsAsync(CostQuery query)
    {
        var result = await portal.Portal.AskAsync(Finance, new GetCosts(organization.Slug, query));
        result.Problem.ShouldBeNull();
        return result.Value;
    }

    public Task<CostReport> CostsAsync(string groupBy, CostMetric metric = CostMetric.Billed, params string[] where) =>
        CostsAsync(new CostQuery(Begin, End, metric, groupBy.Length == 0 ? [] : groupBy.Split('+'), CostGranularity.Total, where));

    /// <summary>Key (or "-" for null) → amount, for one dimension and one currency.</summary>
    public async Task<Dictionary<string, string>> ByAsync(string dimension, CostMetric metric = CostMetric.Billed, params string[] where) =>
        (await CostsAsync(dimension, metric, where)).Rows.ToDictionary(r => r.Keys[dimension] ?? "-", r => r.Amount.Amount.ToString());

    public async Task<Result<SavedAllocationRules>> SaveRulesAsync(string json, string effectiveFrom = "2000-01-01") =>
        await portal.Portal.SendAsync(Finance, new SaveAllocationRules(organization.Slug, Rules(json, effectiveFrom)));

    public static AllocationRulesInput Rules(string json, string effectiveFrom = "2000-01-01") =>
        new(DateOnly.Parse(effectiveFrom, CultureInfo.InvariantCulture), JsonSerializer.Deserialize<List<AllocationRuleInput>>(json, JobJson.Options));

    public static string Csv(params IEnumerable<BillLine> lines) => Header + "\n" + string.Concat(lines.Select(l => l + "\n"));

    public static byte[] Sample()
    {
        using var packed = new GZipStream(File.OpenRead(SharedData.PathOrSkip("data/finops/focus-1.0-sample-a.csv.gz")), CompressionMode.Decompress);
        using var result = new MemoryStream();
        packed.CopyTo(result);
        return result.ToArray();
    }
}

/// <summary>One line of a made-up bill.</summary>
public sealed record BillLine(
    string Billed, string Day = "2024-09-10", string Service = "Compute", string Account = "A1", string Sub = "S1", string Tags = "", string Resource = "r1", string Currency = "USD", string? Effective = null,
    string? Contracted = null, string? List = null, string Quantity = "1", string Provider = "AWS", string Region = "Tokyo", string Team = "", string Period = "2024-09")
{
    public override string ToString()
    {
        var month = DateOnly.ParseExact(Period + "-01", "yyyy-MM-dd", CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture,
            $"{Billed},{Account},Main,{Currency},{month.AddMonths(1):yyyy-MM-dd}T00:00:00Z,{month:yyyy-MM-dd}T00:00:00Z,Usage,,A charge,Usage-Based,{Day}T11:00:00Z,{Day}T10:00:00Z,{Quantity},Hours,{Contracted ?? Billed},{Effective ?? Billed},{Provider},{List ?? Billed},{Quantity},Hours,{Provider},{Provider},{Region},{Resource},Compute,{Service},{Sub},\"{Tags.Replace("\"", "\"\"", StringComparison.Ordinal)}\",{Team}");
    }
}
