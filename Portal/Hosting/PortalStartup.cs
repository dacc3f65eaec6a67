using Hexabase.Portal.Access;
using Hexabase.Portal.Audit.Persons;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Hosting;

/// <summary>What happens before the portal listens: schema, the operator's token, the first administrator's link.</summary>
public sealed class PortalStartup(Migrator migrator, DatabaseEngine engine, IPortal portal, AuditPersons persons, PortalDatabase database, TokenDirectory tokens, IConfiguration configuration, TimeProvider clock, ILogger<PortalStartup> log)
{
    private static readonly Actor Operator = Actor.System("startup");

    /// <summary>True once the schema is current.</summary>
    public bool IsDone { get; private set; }

    /// <summary>The secret of the one-time link for the first administrator; null when there is one.</summary>
    public string? SetupToken { get; private set; }

    /// <exception cref="PortalStartException">The settings cannot work.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var bootstrap = configuration["PORTAL_BOOTSTRAP_TOKEN"];
        if (!string.IsNullOrEmpty(bootstrap) && EnsureBootstrapToken.Complaint(bootstrap) is { } complaint) throw new PortalStartException(complaint);
        await MigrateAsync(cancellationToken);
        if (!await persons.FitsAsync(database, cancellationToken))
            throw new PortalStartException("The audit log's master key is not the one this database was written with. Put the right one back (keys/audit-master.key in the data directory, Audit:MasterKeyFile or PORTAL_AUDIT_MASTER_KEY); without it no person in the log can be named.");
        if (!string.IsNullOrEmpty(bootstrap) && !await tokens.IsKnownAsync(bootstrap, cancellationToken))
            Must(await portal.SendAsync(Operator, new EnsureBootstrapToken(bootstrap), cancellationToken));
        if (!Must(await portal.AskAsync(Operator, new HasAdministrator(), cancellationToken))) SetupToken = Must(await portal.SendAsync(Operator, new EnsureSetupLink(), cancellationToken));
        IsDone = true;
    }

    private static T Must<T>(Result<T> result) => result.TryGet(out var value, out var problem) ? value : throw new PortalStartException(problem.Message);

    /// <summary>An outside database may come up later than the portal: it is waited for.</summary>
    private async Task MigrateAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await migrator.MigrateAsync(cancellationToken);
                return;
            }
            catch (Exception e) when (engine.AsOutage(e) is not null)
            {
                log.LogWarning("The database does not answer yet: {Reason}", e.Message);
                await Task.Delay(TimeSpan.FromSeconds(2), clock, cancellationToken);
            }
        }
    }
}
