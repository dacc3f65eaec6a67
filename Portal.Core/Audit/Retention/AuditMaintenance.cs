using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Hexabase.Portal.Audit.Retention;

/// <summary>Once a day: makes the partitions of the coming months, and starts the expiry of every log in which something reached its horizon.</summary>
public sealed class AuditMaintenance(PortalDatabase database, IPortal portal, TimeProvider clock, ILogger<AuditMaintenance> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromHours(24), clock);
        try
        {
            // Not in the busy minutes of a start.
            await Task.Delay(TimeSpan.FromMinutes(5), clock, stoppingToken);
            do
            {
                try
                {
                    await RunAsync(stoppingToken);
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    log.LogWarning("The audit log's maintenance did not end; tomorrow tries again: {Reason}", e.Message);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The portal stops.
        }
    }

    /// <summary>One round, for every organization and the platform's own log.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        List<Guid> organizations;
        await using (var open = await database.OpenAsync(DataScope.Platform, forWriting: true, cancellationToken))
        {
            var wanted = await open.Db.Set<AuditRetentionPolicy>().Select(p => new { p.KeepDays, p.FloorDays }).Distinct().ToListAsync(cancellationToken);
            if (database.Engine.IsPostgreSql)
            {
                var classes = wanted.SelectMany(w => new[] { AuditRetention.Effective("team", w.KeepDays, w.FloorDays), AuditRetention.Effective("enterprise", w.KeepDays, w.FloorDays) })
                    .Concat([RetentionClass.Team, RetentionClass.Longest]).Distinct().ToArray();
                await open.Db.Database.ExecuteSqlAsync($"SELECT portal_audit_partitions({classes}, 2)", cancellationToken);
            }

            organizations = await open.Db.Set<Log.AuditLog>().Select(l => l.OrganizationId).ToListAsync(cancellationToken);
            await open.CommitAsync(cancellationToken);
        }

        foreach (var organization in organizations)
        {
            var org = organization == Guid.Empty ? null : organization.ToString("D");
            var actor = Actor.System("retention");
            var due = await portal.AskAsync(actor, new PreviewAuditExpiry(org), cancellationToken);
            if (due.TryGet(out var preview, out _) && preview.Entries > 0) await portal.SendAsync(actor, new ExpireAudit(org), cancellationToken);
        }
    }
}
