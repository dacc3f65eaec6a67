using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Audit;
using Hexabase.Portal.Data;
using Hexabase.Portal.Organizations;
using Hexabase.Portal.Support;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Kernel;

public sealed class PortalGatewayTest(TestServer server) : IAsyncLifetime
{
    private readonly TestPortal portal = new(server);

    public async ValueTask InitializeAsync() => await portal.InitializeAsync();

    public async ValueTask DisposeAsync() => await portal.DisposeAsync();

    [Fact]
    public async Task Command_CommitsChangeAndAuditEntryTogether()
    {
        var organization = await portal.CreateOrganizationAsync();

        var entry = (await EntriesAsync(organization.Id)).ShouldHaveSingleItem();
        entry.Action.ShouldBe("organization.create");
        entry.Status.ShouldBe(AuditStatus.Success);
        entry.ResourceName.ShouldBe("Aoyama Financial Group");
        entry.OldValue.ShouldBeNull();
        entry.NewValue.ShouldNotBeNull().ShouldContain("\"currency\":\"USD\"");
        entry.Position.ShouldBeGreaterThan(0);
        entry.Permission.ShouldBe("organizations:create");
    }

    [Fact]
    public async Task Command_WithoutPermission_IsRefusedAndAudited()
    {
        var organization = await portal.CreateOrganizationAsync();
        var user = TestPortal.Actor(BuiltInRoles.OrgAdmin, organization.Id);

        var result = await portal.Portal.SendAsync(user, new CreateOrganization(new OrganizationInput("Mine", "team", "USD", "UTC", 1)));

        result.Problem.ShouldNotBeNull().Kind.ShouldBe(ProblemKind.Forbidden);
        (await EntriesAsync(Guid.Empty)).ShouldContain(e => e.Status == AuditStatus.Failure && e.UserId == user.Id && e.Scope == "none");
    }

    [Fact]
    public async Task AuditEntry_CannotBeChangedOrRemoved_EvenByTheOwner()
    {
        await portal.CreateOrganizationAsync();
        await using var connection = new NpgsqlConnection(portal.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        foreach (var sql in new[] { "UPDATE audit_entries SET action = 'x'", "DELETE FROM audit_entries", "TRUNCATE audit_entries" })
        {
            await using var command = new NpgsqlCommand(sql, connection);
            (await Should.ThrowAsync<PostgresException>(() => command.ExecuteNonQueryAsync())).SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
        }
    }

    [Fact]
    public async Task RequestRole_WithAForgottenFilter_SeesItsOwnOrganizationOnly()
    {
        var mine = await portal.CreateOrganizationAsync("Mine");
        await portal.CreateOrganizationAsync("Theirs");

        await using var open = await portal.Database.OpenAsync(DataScope.Of(mine.Id), forWriting: false, CancellationToken.None);
        var seen = await open.Db.Set<Organization>().IgnoreQueryFilters().Select(o => o.Name).ToListAsync(TestContext.Current.CancellationToken);

        seen.ShouldBe(["Mine"]);
    }

    [Fact]
    public async Task FirstStatement_ConfinesTheTransaction_WhicheverKindItIs()
    {
        var mine = await portal.CreateOrganizationAsync("Mine");
        await portal.CreateOrganizationAsync("Theirs");
        var cancellation = TestContext.Current.CancellationToken;

        foreach (var first in new Func<PortalDbContext, Task<int>>[]
        {
            db => db.Set<Organization>().IgnoreQueryFilters().CountAsync(cancellation),
            async db => (await db.Database.SqlQueryRaw<int>("SELECT count(*)::int AS \"Value\" FROM organizations").ToListAsync(cancellation)).Single(),
            db => db.Set<Organization>().IgnoreQueryFilters().ExecuteUpdateAsync(u => u.SetProperty(o => o.Version, o => o.Version), cancellation),
        })
        {
            await using var open = await portal.Database.OpenAsync(DataScope.Of(mine.Id), forWriting: true, cancellation);
            (await first(open.Db)).ShouldBe(1);
            (await open.Db.Set<Organization>().IgnoreQueryFilters().CountAsync(cancellation)).ShouldBe(1);
        }
    }

    [Fact]
    public async Task Save_AsTheFirstStatement_IsConfined_AndSeesAStaleVersion()
    {
        var mine = await portal.CreateOrganizationAsync("Mine");
        var theirs = await portal.CreateOrganizationAsync("Theirs");
        var cancellation = TestContext.Current.CancellationToken;
        var (unit, other) = (BusinessUnit.Create(mine.Id, "one", "One", null, DateTime.UnixEpoch), BusinessUnit.Create(mine.Id, "two", "Two", null, DateTime.UnixEpoch));

        await using (var open = await portal.Database.OpenAsync(DataScope.Of(mine.Id), forWriting: true, cancellation))
        {
            open.Db.AddRange(unit, other);
            (await open.Db.SaveChangesAsync(cancellation)).ShouldBe(2);
            await open.CommitAsync(cancellation);
        }

        // Both rows stand; the second one's version has moved on.
        await using (var open = await portal.Database.OpenAsync(DataScope.Of(mine.Id), forWriting: true, cancellation))
        {
            open.Db.Attach(unit).Property(u => u.Name).CurrentValue = "Changed";
            open.Db.Attach(other).Property(u => u.Name).CurrentValue = "Changed";
            open.Db.Entry(other).Property(u => u.Version).OriginalValue = 7;
            (await Should.ThrowAsync<DbUpdateConcurrencyException>(() => open.Db.SaveChangesAsync(cancellation))).Entries.ShouldHaveSingleItem().Entity.ShouldBeSameAs(other);
        }

        await using (var open = await portal.Database.OpenAsync(DataScope.Of(mine.Id), forWriting: true, cancellation))
        {
            open.Db.Add(BusinessUnit.Create(theirs.Id, "three", "Three", null, DateTime.UnixEpoch));
            var refused = await Should.ThrowAsync<DbUpdateException>(() => open.Db.SaveChangesAsync(cancellation));
            refused.InnerException.ShouldBeOfType<PostgresException>().SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
        }

        await using (var open = await portal.Database.OpenAsync(DataScope.Of(mine.Id), forWriting: false, cancellation))
            (await open.Db.Set<BusinessUnit>().OrderBy(u => u.Slug).Select(u => u.Name).ToListAsync(cancellation)).ShouldBe(["One", "Two"]);
    }

    private async Task<List<AuditEntry>> EntriesAsync(Guid organizationId)
    {
        await using var open = await portal.Database.OpenAsync(DataScope.Platform, forWriting: false, CancellationToken.None);
        return await open.Db.Set<AuditEntry>().Where(e => e.OrganizationId == organizationId).ToListAsync();
    }
}
