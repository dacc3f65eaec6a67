using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Data.PostgreSql;

public sealed class PostgreSqlPortalDbContext(DbContextOptions<PostgreSqlPortalDbContext> options) : PortalDbContext(options)
{
    protected override bool IsPostgreSql => true;
}
