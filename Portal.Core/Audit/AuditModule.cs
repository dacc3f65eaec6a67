using Hexabase.Portal.Audit.Export;
using Hexabase.Portal.Audit.Log;
using Hexabase.Portal.Audit.Persons;
using Hexabase.Portal.Audit.Search;
using Hexabase.Portal.Audit.Tree;
using Hexabase.Portal.Kernel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Hexabase.Portal.Audit;

/// <summary>The services and job handlers of the slice.</summary>
public static class AuditModule
{
    public static void Register(IServiceCollection services)
    {
        services.AddOptions<AuditOptions>().BindConfiguration("Audit")
            .Validate(o => o.CheckpointUrl is null or { IsAbsoluteUri: true, Scheme: "https" or "http" }, "Audit:CheckpointUrl must be an https:// address.").ValidateOnStart();
        services.AddOptions<AuditSigningOptions>().BindConfiguration("Audit:Signing");
        services.AddSingleton<Retention.AuditRetention>();
        services.AddSingleton<AuditMasterKey>();
        services.AddSingleton<AuditPersons>();
        services.AddSingleton<AuditSealer>();
        services.AddSingleton<AuditLogReader>();
        services.AddSingleton(provider => AuditSigningKeys.Load(provider.GetRequiredService<IOptions<AuditSigningOptions>>().Value));
        services.AddSingleton<CheckpointPoster>();
        services.AddSingleton<CheckpointPublisher>();
        services.AddSingleton<FreshEntries>();
        services.AddSingleton<RecentEntries>();
        services.AddSingleton<TreeEdges>();
        services.AddSingleton<AuditSequencer>();
        services.AddSingleton<Reads.ReadCounter>();
        services.AddOptions<AuditExportOptions>().BindConfiguration("Audit:Export").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<AuditExportFiles>();
        services.AddSingleton(CsvAuditFormat.Format);
        services.AddSingleton(SheetAuditFormat.Format);
        services.AddJobHandler<AuditExportJob>(AuditExportJob.Kind);
        services.AddSingleton(_ => new AuditIndexCache());
        services.AddSingleton<AuditIndexer>();
        services.AddSingleton<Retention.AuditMaintenance>();
        services.AddJobHandler<Retention.AuditExpiryJob>(Retention.AuditExpiryJob.Kind);
        services.AddJobHandler<Retention.AuditRestoreJob>(Retention.AuditRestoreJob.Kind);
        services.AddJobHandler<Persons.AuditErasureJob>(Persons.AuditErasureJob.Kind);
        services.AddJobHandler<Persons.AuditKeyRotationJob>(Persons.AuditKeyRotationJob.Kind);
    }
}
