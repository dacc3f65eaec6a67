using Hexabase.Portal.Hosting;

namespace Hexabase.Portal.Samples;

/// <summary>The sample organization on request.</summary>
internal static class SamplesApi
{
    public static void MapSample(this RouteGroupBuilder api) =>
        api.MapPost("/sample", (SampleRequest request, ApiCall call) => call.StartAsync(new LoadSample(request.Size), s => s.JobId))
            .WithName("loadSample").WithSummary("Makes the sample organization, or finishes one that was begun: size is full (default) or small").WithTags("Organizations");

    /// <param name="Size">"full" (default) or "small".</param>
    private sealed record SampleRequest(string? Size = null);
}
