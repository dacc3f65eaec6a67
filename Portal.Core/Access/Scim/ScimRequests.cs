using System.Text.Json.Nodes;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Scim;

/// <summary>A logged request.</summary>
/// <param name="CanReplay">Its body was kept whole.</param>
public sealed record ScimRequestRow(Guid Id, DateTime AtUtc, string Method, string Path, int Status, string? ScimType, string? Detail, int DurationMilliseconds, Guid TokenId, string? RequestId, string? Body, bool CanReplay);

/// <summary>What the organization's identity provider sent in the last 30 days, newest first.</summary>
/// <param name="FailuresOnly">Only what was refused.</param>
public sealed record ListScimRequests(string Org, PageRequest Page, bool FailuresOnly = false) : Query<Paged<ScimRequestRow>>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => ScimPermissions.Read;

    public override async Task<Result<Paged<ScimRequestRow>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        if (!PageKey.TryRead(Page, out var after, out var problem)) return problem;
        var rows = scope.Db.Set<ScimRequestEntry>().AsQueryable();
        if (FailuresOnly) rows = rows.Where(r => r.Status >= 400);
        if (after is { } id) rows = rows.Where(r => r.Id.CompareTo(id) < 0);
        var found = await rows.OrderByDescending(r => r.Id).Take(Page.Limit + 1).ToListAsync(cancellationToken);
        return PageKey.Cut(found.ConvertAll(r => new ScimRequestRow(r.Id, r.AtUtc, r.Method, r.Path, r.Status, r.ScimType, r.Detail, r.DurationMilliseconds, r.TokenId, r.RequestId, r.Body, CanReplay(r))), Page, r => r.Id);
    }

    internal static bool CanReplay(ScimRequestEntry entry) => entry.Body is not null || entry.Method is "GET" or "DELETE";
}

/// <summary>What a logged request would be answered now.</summary>
public sealed record ScimReplay(int Status, string? Body, IReadOnlyList<ScimTrialChange> Changes);

/// <summary>Runs a logged request again by the same code, in a transaction that is rolled back: what it would do now. Redacted details stand as "(redacted)".</summary>
public sealed record ReplayScimRequest(string Org, Guid Id, string Base) : Command<ScimReplay>
{
    public override string Action => "scim.replay";

    public override string OrganizationKey => Org;

    public override Permission? Permission => ScimPermissions.Write;

    public override async Task<Result<ScimReplay>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var entry = await scope.Db.Set<ScimRequestEntry>().AsNoTracking().SingleOrDefaultAsync(r => r.Id == Id, cancellationToken);
        if (entry is null) return Problem.NotFound("scimRequest");
        if (!ListScimRequests.CanReplay(entry)) return Problem.Refused("scimRequest.body", "The body of this request was too large to be kept, so it cannot be repeated.");
        scope.Audit("scimRequest", entry.Id, $"{entry.Method} {entry.Path}");
        var question = entry.Path.IndexOf('?', StringComparison.Ordinal);
        var path = question < 0 ? entry.Path : entry.Path[..question];
        var call = new ScimCall(Org, entry.Method, path, Query(question < 0 ? "" : entry.Path[(question + 1)..]), entry.Body is null ? null : JsonNode.Parse(entry.Body), Base);
        // A context of its own that is never committed.
        await using var open = await scope.Service<PortalDatabase>().OpenAsync(DataScope.Platform, forWriting: true, cancellationToken);
        var trial = new ScimTrial(open.Db, scope);
        var answer = await ScimService.RunAsync(trial, scope.Actor, call, cancellationToken);
        return new ScimReplay(answer.Status, (answer.Body ?? (answer.Problem is { } problem ? ScimErrorBody.Of(problem) : null))?.ToJsonString(), trial.Changes);
    }

    private static Dictionary<string, string> Query(string text)
    {
        var result = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var pair in text.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0) result[Uri.UnescapeDataString(pair[..equals])] = Uri.UnescapeDataString(pair[(equals + 1)..].Replace('+', ' '));
        }

        return result;
    }
}
