using Hexabase.Portal.Hosting;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Jobs;

/// <summary>Jobs as a file.</summary>
internal static class JobFiles
{
    public static readonly ListFile<JobRow> Jobs = new(
        "jobs",
        ("kind", j => j.Kind), ("title", j => j.Title), ("state", j => Words.Of(j.State)), (ListCell.Number("progress"), j => ListCell.Of(j.Progress)), ("note", j => j.Note), ("createdBy", j => j.CreatedByName),
        ("createdAtUtc", j => ListCell.Utc(j.CreatedAtUtc)), ("startedAtUtc", j => ListCell.Utc(j.StartedAtUtc)), ("endedAtUtc", j => ListCell.Utc(j.EndedAtUtc)), ("id", j => j.Id.ToString()));
}
