using System.Buffers;
using System.Net;
using Hexabase.Portal.Audit;
using Hexabase.Portal.Audit.Export;
using Hexabase.Portal.Audit.Log;
using Hexabase.Portal.Integrations.Outbound;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Hexabase.Portal.Integrations.Siem;

/// <summary>The services of the slice, and the guarded way out that other slices use, too.</summary>
public static class SiemModule
{
    public static void Register(IServiceCollection services)
    {
        services.AddDataProtection();
        services.AddOptions<OutboundOptions>().BindConfiguration("Outbound").ValidateDataAnnotations()
            .Validate(o => Array.TrueForAll(o.AllowedNetworks, n => n.Contains('/', StringComparison.Ordinal) ? IPNetwork.TryParse(n, out _) : IPAddress.TryParse(n, out _)), "Outbound:AllowedNetworks holds something that is neither an address nor a network (10.0.0.0/8).")
            .Validate(o => Array.TrueForAll(o.NameServers, s => TxtResolver.TryReadServer(s, out _)), "Outbound:NameServers holds something that is no address of a name server (192.0.2.53, [2001:db8::53]:53).").ValidateOnStart();
        services.AddOptions<SiemOptions>().BindConfiguration("Siem").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<OutboundGuard>(provider => new OutboundGuard(provider.GetRequiredService<Microsoft.Extensions.Options.IOptions<OutboundOptions>>(), provider.GetService<ResolveName>()));
        services.AddSingleton<IReadOnlyList<ICheckpointSink>>(provider => provider.GetRequiredService<IOptions<AuditOptions>>().Value.CheckpointUrl is { } address ? [new HttpCheckpointSink(provider.GetRequiredService<OutboundGuard>(), address)] : []);
        services.AddSingleton<SinkSecrets>();
        services.AddSingleton<SinkChannels>();
        services.AddSingleton<SinkLedger>();
        services.AddSingleton<IAuditFeed, AuditLogFeed>();
        services.AddSingleton<SinkTester>();
        services.AddSingleton<SinkDelivery>();
        services.AddSingleton(Exported("cef", "cef", new CefFormat()));
        services.AddSingleton(Exported("ocsf", "ocsf.jsonl", new OcsfFormat()));
    }

    /// <summary>A sink's format as one of the audit export's: one record a line.</summary>
    private static AuditRowFormat Exported(string name, string extension, IAuditFormat format) => new(
        name, $"{format.MediaType}; charset=utf-8", extension, (row, into) =>
        {
            format.Write(row, into);
            into.Write("\n"u8);
        }, []);

    /// <summary>The worker of a serving replica.</summary>
    public static void AddBackground(IServiceCollection services) => services.AddHostedService(provider => provider.GetRequiredService<SinkDelivery>());
}
