using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Data.PostgreSql;

public sealed class PostgreSqlPortalDbContext(DbContextOptions<PostgreSqlPortalDbContext> options) : PortalDbContext(options)
{
    protected override bool IsPostgreSql => true;

    /// <summary>How far the transaction is confined to the organization.</summary>
    internal ScopeState Confined { get; set; }

    /// <summary>The transaction begins with the first statement.</summary>
    internal bool BeginsLate { get; set; }

    /// <summary>How the save that runs ends the transaction; null where it does not.</summary>
    internal TransactionEnd? End { get; set; }

    internal override Task EnterNowAsync(CancellationToken cancellationToken) => ScopeEntry.EnterAsync(this, cancellationToken);
}
