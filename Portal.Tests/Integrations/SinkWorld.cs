using Hexabase.Portal.Integrations.Siem;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Hexabase.Portal.Support;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Integrations;

/// <summary>A portal whose sinks read a log in memory and may call this machine, with short waits.</summary>
public sealed class SinkWorld : IAsyncLifetime
{
    private readonly TestPortal _portal;

    public SinkWorld(TestServer server) => _portal = new TestPortal(server) { Configure = Configure };

    internal MemoryFeed Feed { get; } = new();

    /// <summary>Sinks read the organization's own log instead of the one in memory.</summary>
    internal bool ReadsTheLog { get; init; }

    public TestPortal Host => _portal;

    public OrganizationRow Organization { get; private set; } = null!;

    internal SiemOptions Options { get; set; } = new() { SyslogSafeSeconds = 3, SyslogConfirmSeconds = 1, StallSeconds = 4, MaxRetrySeconds = 1, AcknowledgeSeconds = 10, AllowPlainHttp = true, HostName = "test" };

    public async ValueTask InitializeAsync()
    {
        await _portal.InitializeAsync();
        Organization = await _portal.CreateOrganizationAsync();
        await _portal.Services.GetRequiredService<SinkDelivery>().StartAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await _portal.Services.GetRequiredService<SinkDelivery>().StopAsync(CancellationToken.None);
        await _portal.DisposeAsync();
    }

    internal async Task<AuditSinkMade> CreateAsync(AuditSinkInput input)
    {
        var made = await _portal.Portal.SendAsync(TestPortal.Admin, new CreateAuditSink(Organization.Slug, input));
        made.Problem.ShouldBeNull();
        return made.Value;
    }

    internal async Task<AuditSinkRow> GetAsync(Guid sink) => (await _portal.Portal.AskAsync(TestPortal.Admin, new GetAuditSink(Organization.Slug, sink.ToString()))).Value;

    internal Task<Result<T>> SendAsync<T>(Command<T> command) => _portal.Portal.SendAsync(TestPortal.Admin, command);

    /// <summary>Waits until the sink satisfies the condition.</summary>
    internal async Task<AuditSinkRow> WaitAsync(Guid sink, Func<AuditSinkRow, bool> until, int seconds = 60)
    {
        for (var i = 0; ; i++)
        {
            var row = await GetAsync(sink);
            if (until(row)) return row;
            (i < seconds * 10).ShouldBeTrue($"{row.State}, {row.Standing}");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
    }

    internal async Task RemoveAsync(Guid sink) => (await SendAsync(new RemoveAuditSink(Organization.Slug, sink.ToString()))).Problem.ShouldBeNull();

    private void Configure(IServiceCollection services)
    {
        if (!ReadsTheLog) services.Replace(ServiceDescriptor.Singleton<IAuditFeed>(Feed));
        services.Replace(ServiceDescriptor.Singleton<IDataProtectionProvider>(new EphemeralDataProtectionProvider()));
        services.Configure<Outbound.OutboundOptions>(_ => { });
        services.Replace(ServiceDescriptor.Singleton(new Outbound.OutboundGuard(Microsoft.Extensions.Options.Options.Create(new Outbound.OutboundOptions { AllowedNetworks = ["127.0.0.0/8", "::1"], ConnectTimeoutSeconds = 5, TimeoutSeconds = 5 }))));
        services.AddSingleton(Microsoft.Extensions.Options.Options.Create(Options));
    }
}
