using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Hexabase.Portal.Integrations.Siem;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Support;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Integrations;

/// <summary>Syslog over TLS into a real rsyslog, and receivers that misbehave.</summary>
public sealed class SyslogSinkTest(SinkWorld world) : IClassFixture<SinkWorld>
{
    [Fact]
    public async Task KilledInMidStream_TheReceiverHasEveryEventInOrder()
    {
        Rsyslog.SkipWhereMissing();
        const long Count = 60_000;
        using var certificates = new TestCertificates();
        await using var receiver = new Rsyslog(certificates);
        await receiver.StartAsync();
        world.Feed.Size = Count;
        var sink = (await world.CreateAsync(Input(certificates, receiver.Port, "Killed"))).Row;

        for (var kill = 0; kill < 3; kill++)
        {
            var before = receiver.Sequences().Count;
            for (var i = 0; i < 300 && receiver.Sequences().Count < before + 5_000; i++) await Task.Delay(50, TestContext.Current.CancellationToken);
            await receiver.KillAsync();
            await Task.Delay(1000, TestContext.Current.CancellationToken);
            await receiver.StartAsync();
        }

        await world.WaitAsync(sink.Id, s => s.Standing.NextIndex == Count, 180);
        Rsyslog.ShouldBeWhole(receiver.Sequences(), Count);
        var row = await world.WaitAsync(sink.Id, s => s.State == AuditSinkState.Active);
        row.Standing.NextSequence.ShouldBe(Count + 1);
        row.Standing.Delivered.ShouldBe(Count);
        await world.RemoveAsync(sink.Id);
    }

    [Fact]
    public async Task AnAbsentReceiver_CountsAsFailing_AndRecovers()
    {
        Rsyslog.SkipWhereMissing();
        using var certificates = new TestCertificates();
        await using var receiver = new Rsyslog(certificates);
        world.Feed.Size = 100;
        var sink = (await world.CreateAsync(Input(certificates, receiver.Port, "Absent"))).Row;
        var failing = await world.WaitAsync(sink.Id, s => s.State == AuditSinkState.Failing);
        failing.Standing.LastErrorCode.ShouldBe("outbound.connect");
        failing.Standing.NextIndex.ShouldBe(0);
        await receiver.StartAsync();
        await world.WaitAsync(sink.Id, s => s.State == AuditSinkState.Active && s.Standing.NextIndex == 100);
        Rsyslog.ShouldBeWhole(receiver.Sequences(), 100);
        await world.RemoveAsync(sink.Id);
    }

    [Fact]
    public async Task TestMessage_TouchesNeitherHealthNorNumbers()
    {
        Rsyslog.SkipWhereMissing();
        using var certificates = new TestCertificates();
        await using var receiver = new Rsyslog(certificates);
        await receiver.StartAsync();
        world.Feed.Size = 0;
        var sink = (await world.CreateAsync(Input(certificates, receiver.Port, "Tested"))).Row;
        var tester = world.Host.Services.GetRequiredService<SinkTester>();

        var good = (await tester.RunAsync(TestPortal.Admin, world.Organization.Slug, sink.Slug, null, TestContext.Current.CancellationToken)).Value;
        good.Succeeded.ShouldBeTrue(good.Answer);
        for (var i = 0; i < 50 && receiver.Bytes == 0; i++) await Task.Delay(100, TestContext.Current.CancellationToken);
        (await File.ReadAllTextAsync(receiver.Output, TestContext.Current.CancellationToken)).ShouldContain("stream=\"test\"");

        await receiver.KillAsync();
        var bad = (await tester.RunAsync(TestPortal.Admin, world.Organization.Slug, sink.Slug, null, TestContext.Current.CancellationToken)).Value;
        bad.Succeeded.ShouldBeFalse();
        bad.Code.ShouldBe("outbound.connect");
        var row = await world.GetAsync(sink.Id);
        (row.Standing.NextSequence, row.Standing.LastErrorCode).ShouldBe((1, null));
        await world.RemoveAsync(sink.Id);
    }

    [Theory]
    [InlineData("expired", "out of its dates")]
    [InlineData("foreignName", "is for other.example.com, not for localhost")]
    [InlineData("foreignAuthority", "an authority that is not trusted here")]
    public async Task WrongCertificates_AreRefusedInWords(string what, string words)
    {
        using var certificates = new TestCertificates();
        using var others = new TestCertificates("CN=Someone else");
        var (certificate, key) = what switch
        {
            "expired" => certificates.Issue("localhost", -30, -1),
            "foreignName" => certificates.Issue("other.example.com"),
            _ => others.Issue("localhost"),
        };
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeTlsAsync(listener, certificate, key, TestContext.Current.CancellationToken);
        world.Feed.Size = 0;
        var tester = world.Host.Services.GetRequiredService<SinkTester>();
        var result = (await tester.RunAsync(TestPortal.Admin, world.Organization.Slug, null, Input(certificates, ((IPEndPoint)listener.LocalEndpoint).Port, "Wrong"), TestContext.Current.CancellationToken)).Value;
        result.Succeeded.ShouldBeFalse();
        result.Code.ShouldBe("outbound.tls");
        result.Answer.ShouldContain(words);
        listener.Stop();
        await serving;
    }

    [Fact]
    public async Task AStalledReceiver_FailsInTime_AndKeepsTheCursor()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        world.Feed.Size = 50_000;
        var sink = (await world.CreateAsync(new AuditSinkInput("Stalled", "syslogTcp", $"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}"))).Row;
        var row = await world.WaitAsync(sink.Id, s => s.Standing.LastErrorCode is not null);
        row.Standing.LastErrorCode.ShouldBe("syslog.stalled");
        row.Standing.NextIndex.ShouldBe(0);
        await world.RemoveAsync(sink.Id);
    }

    private static async Task ServeTlsAsync(TcpListener listener, string certificate, string key, CancellationToken cancellationToken)
    {
        using var pair = X509Certificate2.CreateFromPem(certificate, key);
        using var usable = X509CertificateLoader.LoadPkcs12(pair.Export(X509ContentType.Pkcs12), null);
        try
        {
            using var client = await listener.AcceptTcpClientAsync(cancellationToken);
            await using var stream = new SslStream(client.GetStream());
            await stream.AuthenticateAsServerAsync(usable);
            await stream.ReadExactlyAsync(new byte[1], cancellationToken);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or System.Security.Authentication.AuthenticationException)
        {
            // The other side does not like the certificate.
        }
    }

    private static AuditSinkInput Input(TestCertificates certificates, int port, string name)
    {
        var (certificate, key) = certificates.Issue("portal.test");
        return new AuditSinkInput(name, "syslogTls", $"localhost:{port}", CaPem: certificates.AuthorityPem, ClientCertificatePem: certificate, ClientKeyPem: key);
    }
}
