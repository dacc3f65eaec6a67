using Hexabase.Portal.Access.Scim;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Scim;

public sealed class ScimRequestLogTest(TestServer server) : IAsyncLifetime
{
    private readonly TestPortal _portal = new(server);

    public ValueTask InitializeAsync() => _portal.InitializeAsync();

    public ValueTask DisposeAsync() => _portal.DisposeAsync();

    /// <summary>A page writes what waits before it shows the log, and is often left while it loads.</summary>
    [Fact]
    public async Task ReaderWhoLeavesInTheMiddle_LosesNoEntry()
    {
        var organization = await _portal.CreateOrganizationAsync();
        using var log = new ScimRequestLog(_portal.Database, Options.Create(new ScimOptions()), TimeProvider.System, NullLogger<ScimRequestLog>.Instance);
        for (var i = 0; i < 60; i++)
        {
            log.Add(organization.Id, TestPortal.Admin, "GET", $"Users/{i}", null, new ScimAnswer(404, null, Problem.NotFound("a\0b")), TimeSpan.FromMilliseconds(1));
            using var left = new CancellationTokenSource();
            var flush = log.FlushAsync(left.Token);
            await Task.Delay(TimeSpan.FromMicroseconds(100 * i), TestContext.Current.CancellationToken);
            await left.CancelAsync();
            await Record.ExceptionAsync(() => flush);
        }

        await log.FlushAsync(TestContext.Current.CancellationToken);
        var logged = await _portal.Database.ReadAsync(Data.DataScope.Platform, db => db.Set<ScimRequestEntry>().Where(e => e.OrganizationId == organization.Id).Select(e => e.Path).ToListAsync(), TestContext.Current.CancellationToken);
        logged.Order().ShouldBe(Enumerable.Range(0, 60).Select(i => $"Users/{i}").Order());
    }
}
