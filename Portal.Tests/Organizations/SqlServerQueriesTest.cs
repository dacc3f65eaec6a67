using System.Data;
using System.Data.Common;
using System.Text.Json.Nodes;
using Hexabase.Portal.Access;
using Hexabase.Portal.Access.Explain;
using Hexabase.Portal.Access.Reviews;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Access.Scim;
using Hexabase.Portal.Audit.Persons;
using Hexabase.Portal.Audit.Log;
using Hexabase.Portal.Audit.Search;
using Hexabase.Portal.Budgets;
using Hexabase.Portal.Data;
using Hexabase.Portal.Data.SqlServer;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Support;
using Hexabase.Portal.Workspaces;
using Hexabase.Portal.Workspaces.Quotas;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Organizations;

/// <summary>Every list's query can be written for SQL Server: the handlers run on a context whose commands are caught and answered with no row.</summary>
public sealed class SqlServerQueriesTest
{
    private static readonly Tenant House = new(Ids.New(), "house", "House", "team", "USD", "UTC", 4, false, 1);

    public static TheoryData<string> Names => [.. Queries().Select(q => q.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Query_IsTranslated(string name)
    {
        var caught = new Caught();
        await using var db = new SqlServerPortalDbContext(new DbContextOptionsBuilder<SqlServerPortalDbContext>().UseSqlServer("Server=nowhere").AddInterceptors(caught, new NoConnection()).Options);
        db.OrganizationId = House.Id;
        await using var services = SqlServerTranslationTest.Services();
        await Queries().Single(q => q.Name == name).Run(new ReadScope(db, TestPortal.Actor(BuiltInRoles.OrgAdmin, House.Id), House, TimeProvider.System, services));
        caught.Statements.ShouldNotBeEmpty();
    }

    private static IEnumerable<(string Name, Func<ReadScope, Task> Run)> Queries()
    {
        static (string, Func<ReadScope, Task>) Of<T>(string name, Query<T> query) => (name, async scope => (await query.HandleAsync(scope, CancellationToken.None)).Problem?.Kind.ShouldBe(ProblemKind.NotFound));
        foreach (var (sort, key) in new[] { ("name", "x"), ("-slug", "x"), ("-createdAt", "2026-01-01T00:00:00.0000000Z") })
        {
            var page = new PageRequest(5, KeyedList.Write(sort, key, Ids.New().ToString("N")), sort, "Text");
            yield return Of($"organizations {sort}", new ListOrganizations(page));
            yield return Of($"workspaces {sort}", new ListWorkspaces("house", page, null, "production", "a=b"));
            yield return Of($"projects {sort}", new ListProjects("house", "w", page));
        }

        yield return Of("quotas", new ListQuotas("house", new PageRequest(Filter: "x")));
        yield return Of("quota totals", new SummarizeQuotas("house"));
        yield return ("quota readings", scope => QuotaView.LatestReadingsAsync(scope, [Ids.New()], scope.NowUtc, CancellationToken.None));
        yield return Of("business units", new ListBusinessUnits("house", new PageRequest(), new DateOnly(2026, 1, 1)));
        yield return Of("label keys", new ListLabelKeys("house", new PageRequest(Filter: "x")));
        yield return Of("budgets", new ListBudgets("house", new PageRequest()));
        yield return Of("budget alerts", new ListBudgetAlerts("house", new PageRequest(5, KeyedList.Write("-raisedAt", "2026-01-01T00:00:00.0000000Z", Ids.New().ToString("N")), "-raisedAt"), null, true));
        yield return Of("budget status", new GetBudgetStatus("house", "b"));
        yield return Of("audit", new SearchAudit("house", $"free actor:a,b*,{Ids.New()} -action:x.*,y resource:r*,s workspace:{Ids.New()},w* status:failure ip:10.*,10.0.0.1 kind:k*,l source:s*,t after:2026-01-01 -before:2026-01-01", Cursor: KeyedList.Write("audit", "7", "3", Guid.Empty.ToString("N"))));
        yield return ("persons of a key rotation", scope => AuditKeyRotationJob.Page(scope.Db, Ids.New()).ToListAsync());
        yield return ("receipts of removals", scope => Audit.Export.BundleReceipt.ReadAsync(scope.Db, scope.OrganizationId, 1, 9, CancellationToken.None));
        yield return ("unsigned audit logs", scope => OpenLog.Unsigned(scope.Db).ToListAsync());
        yield return Of("audit values", new CompleteAudit("house", "actor", "mo"));
        yield return Of("audit workspaces", new CompleteAudit("house", "workspace", "mo"));
        var operations = JsonNode.Parse("""{"Operations":[{"op":"add","path":"members","value":[]}]}""");
        yield return ("provisioned person, held", scope => RefusedAsync(new PatchScimUser("house", Ids.New(), JsonNode.Parse("""{"Operations":[{"op":"remove","path":"title"}]}"""), null, ""), scope));
        yield return ("group, held", scope => RefusedAsync(new PatchScimGroup("house", Ids.New(), operations, null, ""), scope));
        yield return Of("who can", new ListWhoCan("house", new AccessQuestion("costs:read"), new PageRequest(Filter: "x")));
        yield return Of("why of a token", new ExplainAccess("house", "nightly", new AccessQuestion("costs:read"), "token"));
        yield return Of("own tokens", new ListOwnTokens());
        yield return ("beginnings of ways", scope => WayOrigins.LoadAsync(scope, [Ids.New()], CancellationToken.None));
        yield return Of("access reviews", new ListAccessReviews("house", new PageRequest(5, Ids.New().ToString("N")), "open"));
        yield return ("access reviews of a reviewer", scope => ReviewLookup.Visible(scope, new ReviewCaller(Ids.New(), false, false)).ToListAsync());
        yield return ("access review rows", scope => ReviewRow.OfAsync(scope, [ReviewOf(scope)], new ReviewCaller(Ids.New(), true, true), CancellationToken.None));
        yield return ("items of a reviewer", scope => new ReviewCaller(Ids.New(), false, false).Own(scope.Db.Set<AccessReviewItem>()).OrderBy(i => i.Id).Take(5).ToListAsync());
        yield return ("last use", scope => LastUse.LoadAsync(scope, [Ids.New()], CancellationToken.None));
        yield return ("places of a review", scope => ReviewPlaces.LoadAsync(scope, CancellationToken.None));
        yield return ("principals of a review", scope => ReviewPrincipals.LoadAsync(scope, [(PrincipalKind.Group, Ids.New()), (PrincipalKind.ServiceAccount, Ids.New())], CancellationToken.None));
        yield return ("reviews on home", scope => Home.HomeSources.ReviewsAsync(scope, "", 5, CancellationToken.None));
        yield return Of("audit entry", new GetAuditEntry("house", Ids.New()));
    }

    private static AccessReview ReviewOf(ReadScope scope) => new()
    {
        Id = Ids.New(), OrganizationId = House.Id, Name = "x", Scope = ReviewScope.Organization, ReviewerRule = ReviewerRule.Owner, DueAtUtc = scope.NowUtc, Missed = MissedRule.Keep, StartedBy = Ids.New(), StartedAtUtc = scope.NowUtc,
    };

    private static async Task RefusedAsync<T>(Command<T> command, ReadScope scope) =>
        (await command.HandleAsync(new WriteScope(scope.Db, scope.Actor, House, TimeProvider.System, scope.Service<IServiceProvider>()), CancellationToken.None)).Problem?.Kind.ShouldBe(ProblemKind.NotFound);

    private sealed class Caught : DbCommandInterceptor
    {
        public List<string> Statements { get; } = [];

        public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
        {
            Statements.Add(command.CommandText);
            using var nothing = new DataTable();
            return ValueTask.FromResult(InterceptionResult<DbDataReader>.SuppressWithResult(nothing.CreateDataReader()));
        }
    }

    private sealed class NoConnection : DbConnectionInterceptor
    {
        public override ValueTask<InterceptionResult> ConnectionOpeningAsync(DbConnection connection, ConnectionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult(InterceptionResult.Suppress());
    }
}
