using System.Text.Json;

namespace Hexabase.Portal.Kernel;

/// <summary>What a handler works with.</summary>
public sealed class JobContext(Job job, Tenant? tenant, Func<double, string?, Task> report)
{
    public Guid Id => job.Id;

    public Guid OrganizationId => job.OrganizationId;

    public Tenant? Tenant => tenant;

    public string Input => job.Input;

    public string Title => job.Title;

    public Guid CreatedByUserId => job.CreatedByUserId;

    public Guid? OperationId => job.OperationId;

    public T ReadInput<T>() => JsonSerializer.Deserialize<T>(job.Input, JobJson.Options) ?? throw new InvalidOperationException($"Job {job.Id} has no input.");

    /// <summary>Cheap to call often: writes at most four times a second.</summary>
    public Task ReportAsync(double progress, string? note = null) => report(progress, note);
}

public static class JobJson
{
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };
}
