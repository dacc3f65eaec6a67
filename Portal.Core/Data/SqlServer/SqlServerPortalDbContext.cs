using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Data.SqlServer;

public sealed class SqlServerPortalDbContext(DbContextOptions<SqlServerPortalDbContext> options) : PortalDbContext(options)
{
    protected override bool IsPostgreSql => false;
}
