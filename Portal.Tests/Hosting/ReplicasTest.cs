using System.Net;
using Hexabase.Portal.Data;
using Hexabase.Portal.Data.PostgreSql;
using Hexabase.Portal.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Hosting;

public sealed class ReplicasTest(TestServer server)
{
    [Fact]
    public async Task TwoReplicasThatStartTogether_MigrateOnce()
    {
        var database = await server.CreateDatabaseAsync();
        var applied = await Task.WhenAll(Enumerable.Range(0, 2).Select(async _ =>
        {
            await using var engine = new PostgreSqlEngine(database, null, 4, NullLoggerFactory.Instance);
            return await new Migrator(engine, NullLogger<Migrator>.Instance).MigrateAsync(CancellationToken.None);
        }));
        applied.Count(a => a.Count > 0).ShouldBe(1);
    }

    [Fact]
    public async Task TooManyRequests_AreToldWhenToComeBack()
    {
        await using var portal = new WebPortal(server) { Settings = { ["RateLimits:PerActor"] = "10", ["RateLimits:ActorBurst"] = "20" } };
        await portal.InitializeAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => portal.GetAsync("/api/v1/organizations")));
        var refused = answers.Where(a => a.Status != HttpStatusCode.OK).ToList();
        refused.ShouldNotBeEmpty();
        refused.ShouldAllBe(a => a.Status == HttpStatusCode.TooManyRequests && a.Code == "rate.exceeded" && a.Headers.ContainsKey("Retry-After"));
    }
}
