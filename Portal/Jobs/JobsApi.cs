using System.Text.Json;
using Hexabase.Portal.Hosting;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Jobs;

/// <summary>Long work: how far it is, what came of it, and stopping it.</summary>
internal static class JobsApi
{
    public static void MapJobs(this RouteGroupBuilder api)
    {
        api.MapGet("/jobs/{id:guid}", (Guid id, ApiCall call) => call.AskAsync(new GetJob(id), View, j => j.Version))
            .WithName("getJob").WithSummary("A job: state, progress, result, errors and warnings").WithTags("Jobs");
        api.MapPost("/jobs/{id:guid}/cancel", (Guid id, ApiCall call) => call.SendAsync(new CancelJob(id), View, j => j.Version))
            .WithName("cancelJob").WithSummary("Asks a job to stop; nothing of it is kept").WithTags("Jobs");
        api.MapGet("/organizations/{org}/jobs", (string org, string? kind, ApiCall call) => call.ListAsync(page => new ListJobs(org, page, kind), View, JobFiles.Jobs))
            .WithName("listJobs").WithSummary("The jobs of an organization, newest first").WithTags("Jobs");
    }

    private static JobView View(JobRow j) => new(
        j.Id, j.OrganizationId == Guid.Empty ? null : j.OrganizationId, j.Kind, j.Title, j.State, j.Progress, j.Note, Json(j.Result), Json(j.Errors) ?? Empty, Json(j.Warnings) ?? Empty,
        j.CreatedByName, j.CreatedAtUtc, j.StartedAtUtc, j.EndedAtUtc, j.CancelRequested, j.Version);

    private static readonly JsonElement Empty = JsonElement.Parse("[]");

    private static JsonElement? Json(string? text) => text is null ? null : JsonElement.Parse(text);

    /// <param name="Progress">0 to 1.</param>
    /// <param name="Errors">{row, column, code, message}; rows count data records from 1.</param>
    private sealed record JobView(
        Guid Id, Guid? OrganizationId, string Kind, string Title, JobState State, double Progress, string? Note, JsonElement? Result, JsonElement Errors, JsonElement Warnings,
        string CreatedBy, DateTime CreatedAtUtc, DateTime? StartedAtUtc, DateTime? EndedAtUtc, bool CancelRequested, long Version);
}
