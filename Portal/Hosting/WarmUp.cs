using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Hexabase.Portal.Access;
using Hexabase.Portal.Audit.Search;
using Hexabase.Portal.Costs.Reports;
using Hexabase.Portal.Home;
using Hexabase.Portal.Kernel;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Hexabase.Portal.Hosting;

/// <summary>
/// Once, when the portal listens: goes in the background through what the first requests would otherwise wait for to be compiled. Requests without a name go through the whole pipeline and are
/// refused at its end; queries run in an organization that does not exist. Nothing is written, and nobody's data is read.
/// </summary>
internal sealed class WarmUp(PortalGateway portal, TokenDirectory tokens, SessionDirectory sessions, IServer server, IHostApplicationLifetime lifetime, ILogger<WarmUp> log) : BackgroundService
{
    private static readonly string[] Paths =
        ["/ready", "/sign-in", "/api/v1/organizations/nowhere/audit", "/api/v1/organizations/nowhere/audit/summary", "/api/v1/organizations/nowhere/home", "/api/v1/organizations/nowhere/costs"];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await ListensAsync(stoppingToken);
            await RunAsync(stoppingToken);
        }
        catch (Exception e) when (!stoppingToken.IsCancellationRequested)
        {
            log.LogWarning("The first requests will take longer, for warming up failed: {Reason}", e.Message);
        }
        catch (OperationCanceledException)
        {
            // The portal stops.
        }
    }

    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        await RehearseAsync(cancellationToken);
        if (server.Features.Get<IServerAddressesFeature>()?.Addresses.Select(BindingAddress.Parse).FirstOrDefault(a => a is { Scheme: "http", IsUnixPipe: false, IsNamedPipe: false }) is not { } address) return;
        foreach (var path in Paths) await RequestAsync(address, path, cancellationToken);
    }

    private async Task ListensAsync(CancellationToken stoppingToken)
    {
        var listens = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(() => listens.TrySetResult());
        await listens.Task.WaitAsync(stoppingToken);
    }

    private async Task RehearseAsync(CancellationToken cancellationToken)
    {
        await tokens.FindAsync("a-token-that-nobody-holds", cancellationToken);
        await sessions.FindAsync(Guid.Empty, cancellationToken);
        await portal.RehearseAsync(new SearchAudit("nowhere", "status:success word"), cancellationToken);
        Write((await portal.RehearseAsync(new SummarizeAudit("nowhere"), cancellationToken)).Value);
        var page = (await portal.RehearseAsync(new RehearseSearch(), cancellationToken)).Value;
        Write(new { items = page.Items, nextCursor = page.NextCursor });
        Write((await portal.RehearseAsync(new GetHome("nowhere"), cancellationToken)).Value);
        await portal.RehearseAsync(new GetCosts("nowhere", new CostQuery(new DateOnly(2026, 1, 1), new DateOnly(2026, 2, 1))), cancellationToken);
    }

    private static void Write<T>(T view) => JsonSerializer.SerializeToUtf8Bytes(view, ApiJson.Options);

    /// <summary>One request to this process itself, its answer read to the end.</summary>
    private static async Task RequestAsync(BindingAddress address, string path, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host is "*" or "+" ? "localhost" : address.Host, address.Port, cancellationToken);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"), cancellationToken);
        await stream.CopyToAsync(Stream.Null, cancellationToken);
    }
}
