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

    private async Task<List<AuditEntry>> EntriesAsync(Guid organizationId)
    {
        await using var open = await portal.Database.OpenAsync(DataScope.Platform, forWriting: false, CancellationToken.None);
        return await open.Db.Set<AuditEntry>().Where(e => e.OrganizationId == organizationId).ToListAsync();
    }
}
