using System.Linq.Expressions;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Data;

/// <summary>
/// The portal's tables. One context an operation, opened by <see cref="PortalDatabase"/> on a connection that the database itself
/// confines to one organization; the query filter here repeats the predicate so that plans use the organization's indexes.
/// </summary>
public abstract class PortalDbContext(DbContextOptions options) : DbContext(options)
{
    /// <summary>Which organization the context sees; ignored where <see cref="IsPlatform"/>.</summary>
    public Guid OrganizationId { get; internal set; }

    public bool IsPlatform { get; internal set; }

    /// <summary>The transaction is confined to its organization when it returns: for statements on the bare connection.</summary>
    internal virtual Task EnterNowAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected abstract bool IsPostgreSql { get; }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        PortalModel.Configure(modelBuilder);
        foreach (var entity in modelBuilder.Model.GetEntityTypes().Where(e => typeof(ITenantOwned).IsAssignableFrom(e.ClrType)).ToList())
        {
            var row = Expression.Parameter(entity.ClrType, "row");
            var context = Expression.Constant(this);
            var own = Expression.Equal(Expression.Property(row, ModelConventions.TenantProperty(entity).Name), Expression.Property(context, nameof(OrganizationId)));
            var filter = Expression.OrElse(Expression.Property(context, nameof(IsPlatform)), own);
            modelBuilder.Entity(entity.ClrType).HasQueryFilter(Expression.Lambda(filter, row));
        }

        ModelConventions.Apply(modelBuilder, IsPostgreSql);
    }
}

/// <summary>The parts of the model, one line a slice.</summary>
internal static class PortalModel
{
    internal static void Configure(ModelBuilder model)
    {
        Organizations.OrganizationsTables.Configure(model);
        Access.AccessTables.Configure(model);
        Audit.AuditEntry.Configure(model);
        Audit.Persons.AuditPerson.Configure(model);
        Audit.Log.AuditLogTables.Configure(model);
        Audit.Ingest.IngestTables.Configure(model);
        Audit.Retention.RetentionTables.Configure(model);
        Audit.Reads.ReadCount.Configure(model);
        Audit.Search.AuditIndexTables.Configure(model);
        Job.Configure(model);
        Workspaces.WorkspacesTables.Configure(model);
        Costs.CostsTables.Configure(model);
        Budgets.BudgetsTables.Configure(model);
        Views.SavedView.Configure(model);
        Integrations.Siem.SiemTables.Configure(model);
        SchemaSecurity.Configure(model);
    }
}
