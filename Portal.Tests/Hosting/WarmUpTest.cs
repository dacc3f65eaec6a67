using Hexabase.Portal.Audit;
using Hexabase.Portal.Audit.Search;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Support;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Hosting;

/// <summary>What is gone through after the start so that first requests need not wait for it.</summary>
public sealed class WarmUpTest(WebPortal portal) : IClassFixture<WebPortal>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WarmUp_GoesThroughToItsEnd_AndWritesNothingDown()
    {
        await portal.CreateOrganizationAsync();
        using var warmUp = ActivatorUtilities.CreateInstance<WarmUp>(portal.Services);
        var before = await EntriesAsync();
        await warmUp.RunAsync(Cancel);
        (await EntriesAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task Rehearsal_SeesNoRowOfAnybody()
    {
        await portal.CreateOrganizationAsync();
        var gateway = portal.Services.GetRequiredService<PortalGateway>();
        (await gateway.RehearseAsync(new SearchAudit("nowhere"), Cancel)).Value.Items.ShouldBeEmpty();
        (await gateway.RehearseAsync(new SummarizeAudit("nowhere"), Cancel)).Value.Count.ShouldBe(0);
        (await gateway.RehearseAsync(new RehearseSearch(), Cancel)).Value.Items.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            e => e.Index.ShouldBe(0), e => e.Status.ShouldBe(AuditStatus.Success), e => e.ActorKind.ShouldBe("system"));
    }

    private async Task<long> EntriesAsync()
    {
        await using var owner = new NpgsqlConnection(portal.ConnectionString);
        await owner.OpenAsync(Cancel);
        await using var count = new NpgsqlCommand("SELECT count(*) FROM audit_entries", owner);
        return (long)(await count.ExecuteScalarAsync(Cancel)).ShouldNotBeNull();
    }
}
