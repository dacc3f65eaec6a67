using Hexabase.Portal.Hosting;

namespace Hexabase.Portal.Workspaces.Quotas;

/// <summary>Quotas: four figures a resource, kept apart; null = unknown, never 0.</summary>
internal static class QuotasApi
{
    public static void MapQuotas(this RouteGroupBuilder api)
    {
        var organization = api.MapGroup("/organizations/{org}").WithTags("Quotas");
        organization.MapGet("/workspaces/{workspace}/quota", (string org, string workspace, DateOnly? asOf, ApiCall call) =>
                call.AskAsync(new GetWorkspaceQuota(org, workspace, asOf), View, q => q.Version))
            .WithName("getWorkspaceQuota").WithSummary("A workspace's quota: used, requested, reserved, limit of each resource");
        organization.MapPut("/workspaces/{workspace}/quota", (string org, string workspace, Dictionary<string, long?> limits, ApiCall call) =>
                call.SendAsync(new SetWorkspaceQuota(org, workspace, limits, call.IfMatch), View, q => q.Version))
            .WithName("setWorkspaceQuota").WithSummary("Replaces a workspace's limits; a resource left out or null has none afterwards");
        organization.MapGet("/quotas", (string org, DateOnly? asOf, ApiCall call) =>
                call.ListAsync(page => new ListQuotas(org, page, asOf), q => new { q.WorkspaceId, q.Workspace, q.Name, Resources = View(q), q.ChangedAtUtc, q.Version }))
            .WithName("listQuotas").WithSummary("The quotas of all workspaces; sorts: name, slug");
        organization.MapGet("/quotas/summary", (string org, DateOnly? asOf, ApiCall call) => call.AskAsync(new SummarizeQuotas(org, asOf), rows => new { items = rows, nextCursor = (string?)null }))
            .WithName("summarizeQuotas").WithSummary("Totals by resource, with how many workspaces' figures are unknown");
        organization.MapPut("/quota", (string org, OrganizationQuotaBody body, ApiCall call) =>
                call.SendAsync(new SetOrganizationQuota(org, body.Limits, body.OversubscriptionFactor ?? 1), rows => new { items = rows, nextCursor = (string?)null }))
            .WithName("setOrganizationQuota").WithSummary("Replaces the organization's own limits and the over-subscription factor");
        organization.MapPost("/quota-readings", (string org, ReadingsBody body, ApiCall call) =>
                call.SendAsync(new RecordQuotaReadings(org, body.Source ?? "", body.Readings ?? []), accepted => new { accepted }))
            .WithName("recordQuotaReadings").WithSummary("Takes measurements of what workspaces use; all or none");
    }

    private static Dictionary<string, object> View(WorkspaceQuotaRow quota) => quota.Resources.ToDictionary(
        r => r.Key,
        object (r) => new { r.Value.Used, r.Value.Requested, r.Value.Reserved, r.Value.Limit, r.Value.AtUtc, r.Value.Source, Warning = quota.Warnings.FirstOrDefault(w => w.Field == r.Key)?.Message },
        StringComparer.Ordinal);

    private sealed record OrganizationQuotaBody(Dictionary<string, long> Limits, decimal? OversubscriptionFactor = null);

    private sealed record ReadingsBody(string? Source, IReadOnlyList<QuotaReadingInput>? Readings);
}
