using System.Text.Json;
using Hexabase.Portal.Audit.Ingest;
using Hexabase.Portal.Controls;
using Hexabase.Portal.Hosting;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.AuditIngest;

/// <summary>How one outside log is connected, its last errors, and a place to drop its files.</summary>
public sealed partial class SourceDetail
{
    private IngestReport? _report;
    private string? _refused;

    [Parameter, EditorRequired] public required EventSourceRow Row { get; set; }

    [Parameter] public bool MayIngest { get; set; }

    [Parameter] public bool MayMakeTokens { get; set; }

    /// <summary>A file was taken: the counts have changed.</summary>
    [Parameter] public EventCallback OnTaken { get; set; }

    private string UploadUrl => $"/api/v1/organizations/{Org}/audit/ingest?source={Row.Source}";

    private string Endpoint => Navigation.ToAbsoluteUri($"/api/v1/organizations/{Org}/audit/ingest{(Row.Source == "kubernetes" ? "/kubernetes" : $"?source={Row.Source}")}").ToString();

    private IReadOnlyList<SetupStep> Setup => SourceSetup.Of(Row.Source, Endpoint, T);

    private IReadOnlyList<EventError> Errors => _report is { Errors.Count: > 0 } report ? [.. report.Errors.Take(20)] : Row.LastErrors;

    private async Task TakenAsync(Uploaded uploaded)
    {
        _refused = null;
        try
        {
            _report = JsonSerializer.Deserialize<IngestReport>(uploaded.Body, ApiJson.Options);
        }
        catch (JsonException)
        {
            // The answer of a file with many errors is longer than what the browser hands on; the counters below say the same.
            _report = null;
        }

        await OnTaken.InvokeAsync();
    }

    private void Refused(Uploaded refused)
    {
        (_report, _refused) = (null, T["sources.notTaken", refused.FileName, refused.Body]);
    }
}
