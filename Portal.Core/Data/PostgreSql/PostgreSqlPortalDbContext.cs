using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Data.PostgreSql;

public sealed class PostgreSqlPortalDbContext(DbContextOptions<PostgreSqlPortalDbContext> options) : PortalDbContext(options)
{
    protected override bool IsPostgreSql => true;

    /// <summary>How far the transaction is confined to the organization.</summary>
    internal ScopeState Confined { get; set; }

    internal override Task EnterNowAsync(CancellationToken cancellationToken) => ScopeEntry.EnterAsync(this, cancellationToken);
}
