using System.Collections.Concurrent;
using Hexabase.Portal.Organizations;
using Hexabase.Portal.Support;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Kernel;

/// <summary>Two replicas on one database.</summary>
public sealed class LiveRelayTest(TestServer server) : IAsyncLifetime
{
    private readonly TestPortal portal = new(server);
    private ServiceProvider? other;

    public async ValueTask InitializeAsync()
    {
        await portal.InitializeAsync();
        other = portal.Build(portal.ConnectionString);
        await portal.Services.GetRequiredService<LiveRelay>().StartAsync(CancellationToken.None);
        await other.GetRequiredService<LiveRelay>().StartAsync(CancellationToken.None);
        await ListeningAsync(2);
    }

    public async ValueTask DisposeAsync()
    {
        await portal.Services.GetRequiredService<LiveRelay>().StopAsync(CancellationToken.None);
        if (other is not null)
        {
            await other.GetRequiredService<LiveRelay>().StopAsync(CancellationToken.None);
            await other.DisposeAsync();
        }

        await portal.DisposeAsync();
    }

    [Fact]
    public async Task ChangeOnOneReplica_ReachesTheOther_WithIdAndVersion()
    {
        var organization = await portal.CreateOrganizationAsync();
        var heard = new ConcurrentQueue<LiveChange>();
        await using var watch = Other<IPortal>().Watch(TestPortal.Admin, organization.Id, [LiveTopic.Organizations], changes => Note(heard, changes));

        (await portal.Portal.SendAsync(TestPortal.Admin, new ChangeOrganization(organization.Slug, new OrganizationInput("Renamed", null, null, null, null)))).Problem.ShouldBeNull();

        // The creation itself may still be under way when the watch begins.
        await UntilAsync(() => heard.Any(c => c.Id == organization.Id.ToString() && c.Version == 2));
        (await Other<OrganizationDirectory>().FindAsync(organization.Slug, CancellationToken.None)).ShouldNotBeNull().Name.ShouldBe("Renamed");
    }

    [Fact]
    public async Task LostConnection_ListensAgain_AndTellsEverybodyToLoadAgain()
    {
        var organization = await portal.CreateOrganizationAsync();
        var heard = new ConcurrentQueue<LiveChange>();
        await using var watch = Other<IPortal>().Watch(TestPortal.Admin, organization.Id, [LiveTopic.Budgets], changes => Note(heard, changes));

        await ExecuteAsync("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'");

        await UntilAsync(() => heard.Any(c => c.Id == "*"));
    }

    private T Other<T>()
        where T : notnull => other.ShouldNotBeNull().GetRequiredService<T>();

    private static Task Note(ConcurrentQueue<LiveChange> heard, IReadOnlyList<LiveChange> changes)
    {
        foreach (var change in changes) heard.Enqueue(change);
        return Task.CompletedTask;
    }

    private async Task ListeningAsync(long replicas)
    {
        for (var i = 0; i < 400; i++)
        {
            if (await ExecuteAsync("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'") >= replicas) return;
            await Task.Delay(25);
        }

        throw new TimeoutException("The relays do not listen.");
    }

    private async Task<long> ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(portal.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (long)(await command.ExecuteScalarAsync() ?? 0L);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var i = 0; i < 1000 && !condition(); i++) await Task.Delay(10, TestContext.Current.CancellationToken);
        condition().ShouldBeTrue();
    }
}
