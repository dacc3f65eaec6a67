using System.IO.Compression;
using Hexabase.Portal.Audit.Ingest;
using Hexabase.Portal.Hosting;
using Hexabase.Portal.Kernel;
using Microsoft.AspNetCore.Http.Features;

namespace Hexabase.Portal.Audit;

/// <summary>Events of outside logs coming in.</summary>
internal static class IngestApi
{
    /// <summary>Bytes as they come over the wire, packed or not; the contract promises at least 50 MB.</summary>
    public const long MaxBytes = 1024L * 1024 * 1024;

    public static void MapAuditIngest(this RouteGroupBuilder api)
    {
        var audit = api.MapGroup("/organizations/{org}/audit").WithTags("Audit");
        audit.MapPost("/ingest", (string org, string? source, ApiCall call, EventIngest ingest) => TakeAsync(org, source, call, ingest)).WithMetadata(new StreamedBody(MaxBytes))
            .WithName("ingestEvents").WithSummary("Outside events as lines of JSON, one array, or the source's own wrapping, plain or gzip; source=kubernetes|cloudtrail|okta|azure|gcp|github|generic");
        // The Kubernetes API server drops the query of a webhook's address.
        audit.MapPost("/ingest/{source}", (string org, string source, ApiCall call, EventIngest ingest) => TakeAsync(org, source, call, ingest)).WithMetadata(new StreamedBody(MaxBytes))
            .WithName("ingestEventsOf").WithSummary("The same with the source in the path, for senders that keep no query");
        audit.MapGet("/sources", (string org, ApiCall call) => call.AskAsync(new ListEventSources(org), s => new { items = s, nextCursor = (string?)null }))
            .WithName("listEventSources").WithSummary("Outside logs and what came from each");
        audit.MapGet("/mapping", (string org, ApiCall call) => call.AskAsync(new GetEventMapping(org), m => m, m => m.Version))
            .WithName("getEventMapping").WithSummary("How generic events are read");
        audit.MapPut("/mapping", (string org, MappingBody body, ApiCall call) => call.SendAsync(new SaveEventMapping(org, body.Fields ?? [], body.FailureValues, call.IfMatch), m => m, m => m.Version))
            .WithName("saveEventMapping").WithSummary("Changes how generic events are read");
        audit.MapPost("/ingest-preview", (string org, PreviewBody body, ApiCall call) => call.AskAsync(new PreviewEvents(org, body.Source, body.Sample, body.Fields, body.FailureValues), p => p))
            .WithName("previewEvents").WithSummary("What a sample would become; nothing of it is kept");
    }

    private static async Task<IResult> TakeAsync(string org, string? source, ApiCall call, EventIngest ingest)
    {
        var request = call.Http.Request;
        if (call.Http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = MaxBytes;
        var encoding = request.Headers.ContentEncoding.ToString().Trim();
        var packed = encoding.Equals("gzip", StringComparison.OrdinalIgnoreCase);
        if (!packed && encoding.Length > 0 && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
            return call.Refuse(new Problem(ProblemKind.UnsupportedMediaType, "encoding.unsupported", "Pack the body as gzip, or not at all."));
        await using var plain = packed || IsPackedFile(request) ? new GZipStream(request.Body, CompressionMode.Decompress) : request.Body;
        var result = await ingest.IngestAsync(call.Actor, org, source, plain, call.Aborted);
        return call.Answer(result, r => r, StatusCodes.Status200OK, null);
    }

    /// <summary>Files dropped on the page come as they are, with their type.</summary>
    private static bool IsPackedFile(HttpRequest request) => request.ContentType?.Split(';')[0].Trim() is "application/gzip" or "application/x-gzip";

    private sealed record MappingBody(Dictionary<string, string>? Fields, IReadOnlyList<string>? FailureValues);

    private sealed record PreviewBody(string? Source, string? Sample, Dictionary<string, string>? Fields, IReadOnlyList<string>? FailureValues);
}
