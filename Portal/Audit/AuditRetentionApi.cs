using Hexabase.Portal.Audit.Retention;
using Hexabase.Portal.Hosting;

namespace Hexabase.Portal.Audit;

/// <summary>Retention, legal holds, archives and proofs of deletion of an organization's audit log.</summary>
internal static class AuditRetentionApi
{
    public static void MapAuditRetention(this RouteGroupBuilder api)
    {
        const string Base = "/organizations/{org}/audit";
        api.MapGet($"{Base}/retention", (string org, ApiCall call) => call.AskAsync(new GetAuditRetention(org), r => r, r => r.Version))
            .WithName("getAuditRetention").WithSummary("How long entries are kept that are written now").WithTags("Audit");
        api.MapPut($"{Base}/retention", (string org, RetentionBody body, ApiCall call) => call.SendAsync(new SetAuditRetention(org, body.KeepDays, body.FloorDays, body.FloorRule, call.IfMatch), r => r, r => r.Version))
            .WithName("setAuditRetention").WithSummary("Sets the retention of entries that are written from now on").WithTags("Audit");
        api.MapGet($"{Base}/retention/preview", (string org, ApiCall call) => call.AskAsync(new PreviewAuditExpiry(org), p => new { p.Parts, p.Entries, p.Held, p.NewEntriesKeptDays }))
            .WithName("previewAuditExpiry").WithSummary("Dry run: what an expiry would archive and remove now, and what holds keep").WithTags("Audit");
        api.MapPost($"{Base}/retention/expire", (string org, ApiCall call) => call.StartAsync(new ExpireAudit(org), id => id))
            .WithName("expireAudit").WithSummary("Archives and removes what reached its horizon").WithTags("Audit");
        api.MapGet($"{Base}/holds", (string org, ApiCall call) => call.AskAsync(new ListAuditHolds(org), items => new { items })).WithName("listAuditHolds").WithSummary("Legal holds").WithTags("Audit");
        api.MapPost($"{Base}/holds", (string org, HoldBody body, ApiCall call) =>
                call.CreateAsync(new PlaceAuditHold(org, body.Name ?? "", body.Reason ?? "", body.From, body.To, body.UserId, body.Workspace), h => h, h => $"/api/v1/organizations/{org}/audit/holds/{h.Id}"))
            .WithName("placeAuditHold").WithSummary("Places a legal hold: what it covers is not removed").WithTags("Audit");
        api.MapPost($"{Base}/holds/{{id:guid}}/release", (string org, Guid id, ReasonBody body, ApiCall call) => call.SendAsync(new ReleaseAuditHold(org, id, body.Reason ?? ""), h => h))
            .WithName("releaseAuditHold").WithSummary("Ends a legal hold").WithTags("Audit");
        api.MapGet($"{Base}/expiries", (string org, ApiCall call) => call.AskAsync(new ListAuditExpiries(org), items => new { items })).WithName("listAuditExpiries").WithSummary("Receipts of what expired").WithTags("Audit");
        api.MapGet($"{Base}/expiries/{{id:guid}}/proof", (string org, Guid id, ApiCall call) => call.AskAsync(new GetDeletionProof(org, id), p => p))
            .WithName("getAuditDeletionProof").WithSummary("Proof of deletion: tree heads before and after, and that one continues the other").WithTags("Audit");
        api.MapPost($"{Base}/expiries/{{id:guid}}/restore", (string org, Guid id, ApiCall call) => call.StartAsync(new RestoreAuditArchive(org, id), job => job))
            .WithName("restoreAuditArchive").WithSummary("Restores an archive into a read-only view, after checking it").WithTags("Audit");
        api.MapGet($"{Base}/expiries/{{id:guid}}/entries", (string org, Guid id, string? contains, long? after, int? limit, ApiCall call) =>
                call.AskAsync(new ReadAuditArchive(org, id, contains, after ?? -1, limit ?? 50), p => new { items = p.Items, nextCursor = p.NextCursor }))
            .WithName("readAuditArchive").WithSummary("Entries of a restored archive, in the order of the log").WithTags("Audit");
        api.MapDelete($"{Base}/expiries/{{id:guid}}/entries", (string org, Guid id, ApiCall call) => call.RemoveAsync(new CloseAuditArchive(org, id)))
            .WithName("closeAuditArchive").WithSummary("Closes the read-only view of an archive").WithTags("Audit");
    }

    private sealed record RetentionBody(int? KeepDays, int? FloorDays, string? FloorRule);

    private sealed record HoldBody(string? Name, string? Reason, DateTime? From, DateTime? To, Guid? UserId, string? Workspace);

    private sealed record ReasonBody(string? Reason);
}
