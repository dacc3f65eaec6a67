using Microsoft.Extensions.DependencyInjection;

namespace Hexabase.Portal.Audit.Ingest;

/// <summary>The services of ingesting.</summary>
public static class IngestModule
{
    public static void Register(IServiceCollection services)
    {
        services.AddOptions<IngestOptions>().BindConfiguration("Audit:Ingest").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IngestGate>();
        services.AddSingleton<OutsideEventSealer>();
        services.AddSingleton<EventIngest>();
    }
}
