using System.Net;
using System.Net.Sockets;
using System.Text;
using Hexabase.Portal.Integrations.Outbound;
using Microsoft.Extensions.Options;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Integrations;

/// <summary>The ways in which an address that someone typed leads into the portal's own network.</summary>
public sealed class OutboundGuardTest
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("10.0.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.1.1")]
    [InlineData("169.254.169.254")]
    [InlineData("100.64.0.1")]
    [InlineData("168.63.129.16")]
    [InlineData("0.0.0.0")]
    [InlineData("255.255.255.255")]
    [InlineData("224.0.0.1")]
    [InlineData("::1")]
    [InlineData("::")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::127.0.0.1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("64:ff9b::a9fe:a9fe")]
    [InlineData("2002:7f00:1::")]
    [InlineData("fe80::1")]
    [InlineData("fe80::1%1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("2001:db8::1")]
    [InlineData("ff02::1")]
    public void ClosedAddresses_AreNotPublic(string address) => AddressRanges.IsPublic(IPAddress.Parse(address)).ShouldBeFalse();

    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("1.1.1.1")]
    [InlineData("172.32.0.1")]
    [InlineData("2606:4700::1111")]
    [InlineData("64:ff9b::808:808")]
    public void OpenAddresses_ArePublic(string address) => AddressRanges.IsPublic(IPAddress.Parse(address)).ShouldBeTrue();

    [Theory]
    [InlineData("http://127.0.0.1/")]
    [InlineData("http://2130706433/")]
    [InlineData("http://0x7f000001/")]
    [InlineData("http://0x7f.1/")]
    [InlineData("http://017700000001/")]
    [InlineData("http://127.1/")]
    [InlineData("http://[::ffff:10.0.0.1]/")]
    [InlineData("http://[::1]/")]
    [InlineData("http://localhost/")]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    public async Task Urls_ThatLeadInside_AreRefused(string url)
    {
        using var client = Guard().CreateClient(OutboundTls.Default);
        (await RefusalAsync(() => client.GetAsync(url, TestContext.Current.CancellationToken))).Code.ShouldBe("outbound.address.closed");
    }

    [Theory]
    [InlineData("2130706433")]
    [InlineData("0x7f000001")]
    [InlineData("[::ffff:127.0.0.1]")]
    [InlineData("localhost")]
    public async Task RawConnections_AreGuardedAlike(string host) =>
        (await Should.ThrowAsync<OutboundException>(() => Guard().OpenAsync(host, 514, TestContext.Current.CancellationToken))).Code.ShouldBe("outbound.address.closed");

    [Fact]
    public async Task ANameWithOneClosedAddress_IsRefusedWhole()
    {
        var guard = Guard(resolve: (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("8.8.8.8"), IPAddress.Parse("10.0.0.1")]));
        (await Should.ThrowAsync<OutboundException>(() => guard.OpenAsync("both.example.com", 80, TestContext.Current.CancellationToken))).Code.ShouldBe("outbound.address.closed");
    }

    [Fact]
    public async Task ANameThatTurnsInward_IsAskedForOnce_AndRefusedTheNextTime()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var port = ((IPEndPoint)server.LocalEndpoint).Port;
        var asked = 0;
        // First an allowed address, then a closed one: what rebinding does between check and use.
        var guard = Guard(["127.0.0.1/32"], (_, _) => Task.FromResult<IPAddress[]>([++asked == 1 ? IPAddress.Loopback : IPAddress.Parse("127.0.0.2")]));
        using var socket = await guard.OpenAsync("turns.example.com", port, TestContext.Current.CancellationToken);
        asked.ShouldBe(1);
        ((IPEndPoint)socket.RemoteEndPoint!).Address.MapToIPv4().ShouldBe(IPAddress.Loopback);
        (await Should.ThrowAsync<OutboundException>(() => guard.OpenAsync("turns.example.com", port, TestContext.Current.CancellationToken))).Code.ShouldBe("outbound.address.closed");
    }

    [Fact]
    public async Task Redirects_AreNotFollowed_AndLongAnswersAreCutOff()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var address = new Uri($"http://127.0.0.1:{((IPEndPoint)server.LocalEndpoint).Port}/");
        using var client = Guard(["127.0.0.1"]).CreateClient(OutboundTls.Default);

        var moved = AnswerAsync(server, "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        using (var answer = await client.GetAsync(address, TestContext.Current.CancellationToken)) answer.StatusCode.ShouldBe(HttpStatusCode.Found);
        await moved;

        var huge = AnswerAsync(server, $"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{new string('x', 3_000_000)}");
        await Should.ThrowAsync<HttpRequestException>(() => client.GetStringAsync(address, TestContext.Current.CancellationToken));
        await huge;
    }

    private static async Task AnswerAsync(TcpListener server, string answer)
    {
        using var client = await server.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        var stream = client.GetStream();
        await stream.ReadAtLeastAsync(new byte[16], 16, cancellationToken: TestContext.Current.CancellationToken);
        try
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(answer), TestContext.Current.CancellationToken);
        }
        catch (IOException)
        {
            // The client went away, as it should.
        }
    }

    private static async Task<OutboundException> RefusalAsync(Func<Task> call)
    {
        Exception? e = await Should.ThrowAsync<HttpRequestException>(call);
        while (e is not null and not OutboundException) e = e.InnerException;
        return e.ShouldBeOfType<OutboundException>();
    }

    private static OutboundGuard Guard(string[]? allowed = null, ResolveName? resolve = null) => new(Options.Create(new OutboundOptions { AllowedNetworks = allowed ?? [], ConnectTimeoutSeconds = 5 }), resolve);
}
