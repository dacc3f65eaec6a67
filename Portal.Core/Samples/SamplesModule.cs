using Microsoft.Extensions.DependencyInjection;

namespace Hexabase.Portal.Samples;

/// <summary>The services and job handlers of the slice.</summary>
public static class SamplesModule
{
    public static void Register(IServiceCollection services) => services.AddJobHandler<SampleLoadJob>(SampleLoadJob.Kind);
}
