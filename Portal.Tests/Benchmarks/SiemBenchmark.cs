using System.Diagnostics;
using System.Globalization;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Data;
using Hexabase.Portal.Data.Embedded;
using Hexabase.Portal.Data.PostgreSql;
using Hexabase.Portal.Integrations;
using Hexabase.Portal.Integrations.Outbound;
using Hexabase.Portal.Integrations.Siem;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hexabase.Portal.Benchmarks;

/// <summary>
/// Events through a sink into Debian's rsyslog with mutual TLS, formatting, receipts and acknowledgement included; beside it the same messages, encoded beforehand, written by a bare
/// SslStream. Then the receiver is killed for a while in mid-stream, and the ids in its file are counted.
/// </summary>
public static class SiemBenchmark
{
    public static async Task RunAsync(string[] args)
    {
        var count = args.Length > 0 ? long.Parse(args[0], CultureInfo.InvariantCulture) : 200_000;
        var outage = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 60;
        var directory = Path.Combine(Path.GetTempPath(), $"portal-bench-{Environment.ProcessId}");
        await using var postgres = await EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions { DataDirectory = directory }, NullLogger.Instance, CancellationToken.None);
        var feed = new MemoryFeed();
        await using var services = Build(postgres.ConnectionString("portal_owner", "postgres"), directory, feed);
        await services.GetRequiredService<Migrator>().MigrateAsync(CancellationToken.None);
        var portal = services.GetRequiredService<IPortal>();
        var admin = new Actor { Kind = ActorKind.Person, Id = Ids.New(), Name = "bench", Grants = [new Grant(BuiltInRoles.ServiceAdmin, GrantScope.Platform, null)] };
        var organization = (await portal.SendAsync(admin, new CreateOrganization(new OrganizationInput("Bench", "enterprise", "USD", "UTC", 1)))).Value;
        await services.GetRequiredService<SinkDelivery>().StartAsync(CancellationToken.None);
        using var certificates = new TestCertificates();
        for (var round = 0; round <= 3; round++)
        {
            await using var receiver = new Rsyslog(certificates);
            await receiver.StartAsync();
            var (seconds, cpu) = await SendAsync(portal, admin, organization.Slug, certificates, receiver, feed, count, null);
            Rsyslog.ShouldBeWhole(receiver.Sequences(), count);
            var bare = await BareAsync(certificates, receiver, count);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{(round == 0 ? "warm-up" : $"round {round}")}: sink {count / seconds,8:N0} events/s ({cpu / seconds:P0} of one core in the portal)   bare SslStream {count / bare,8:N0}/s   ratio {bare / seconds:F2}   {count} of {count} in order"));
        }

        await using (var receiver = new Rsyslog(certificates))
        {
            await receiver.StartAsync();
            var started = Stopwatch.GetTimestamp();
            await SendAsync(portal, admin, organization.Slug, certificates, receiver, feed, count, outage);
            var sequences = receiver.Sequences();
            Rsyslog.ShouldBeWhole(sequences, count);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"outage of {outage} s after a kill -9 in mid-stream: {count} of {count} at the receiver, in order, {sequences.Count - count} repeated by id, {Stopwatch.GetElapsedTime(started).TotalSeconds:F0} s in all"));
        }

        await services.GetRequiredService<SinkDelivery>().StopAsync(CancellationToken.None);
        await postgres.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    private static async Task<(double Seconds, double Cpu)> SendAsync(IPortal portal, Actor admin, string org, TestCertificates certificates, Rsyslog receiver, MemoryFeed feed, long count, int? outage)
    {
        feed.Size = 0;
        var (certificate, key) = certificates.Issue("portal.test");
        var sink = (await portal.SendAsync(admin, new CreateAuditSink(org, new AuditSinkInput("Bench", "syslogTls", $"localhost:{receiver.Port}", CaPem: certificates.AuthorityPem, ClientCertificatePem: certificate, ClientKeyPem: key)))).Value.Row;
        await Task.Delay(1500);
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var started = Stopwatch.GetTimestamp();
        feed.Size = count;
        if (outage is { } seconds)
        {
            while (receiver.Bytes < 20_000_000) await Task.Delay(20);
            await receiver.KillAsync();
            await Task.Delay(TimeSpan.FromSeconds(seconds));
            await receiver.StartAsync();
        }

        // Sent and read to the end, and (after an outage) acknowledged for good.
        while (true)
        {
            var standing = (await portal.AskAsync(admin, new GetAuditSink(org, sink.Id.ToString()))).Value.Standing;
            if (outage is null ? standing.SentIndex >= count : standing.NextIndex >= count) break;
            await Task.Delay(50);
        }

        while (outage is null && receiver.Bytes < count * 600) await Task.Delay(20);
        long last = -1;
        while (receiver.Bytes != last)
        {
            last = receiver.Bytes;
            await Task.Delay(100);
        }

        var took = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var used = (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds;
        await portal.SendAsync(admin, new RemoveAuditSink(org, sink.Id.ToString()));
        return (took, used);
    }

    private static async Task<double> BareAsync(TestCertificates certificates, Rsyslog receiver, long count)
    {
        var (certificate, key) = certificates.Issue("portal.test");
        var guard = new OutboundGuard(Microsoft.Extensions.Options.Options.Create(new OutboundOptions { AllowedNetworks = ["127.0.0.1"] }));
        using var tls = OutboundTls.Create(certificates.AuthorityPem, certificate, key, null);
        var one = new System.Buffers.ArrayBufferWriter<byte>();
        new Rfc5424Format(new SyslogHeader()).Write(AuditRows.Of(123_456), one);
        var frames = new System.Buffers.ArrayBufferWriter<byte>();
        for (var i = 0; i < 100; i++) SyslogFrame.Write(one.WrittenSpan, SyslogFraming.OctetCounting, frames);
        var before = receiver.Bytes;
        var started = Stopwatch.GetTimestamp();
        await using (var connection = await SyslogConnection.OpenAsync(guard, "localhost", receiver.Port, tls, TimeSpan.FromSeconds(60), CancellationToken.None))
        {
            for (long sent = 0; sent < count; sent += 100) await connection.WriteAsync(frames.WrittenMemory, CancellationToken.None);
            await connection.EndAsync(CancellationToken.None);
        }

        while (receiver.Bytes - before < count * one.WrittenCount) await Task.Delay(20);
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static ServiceProvider Build(string connectionString, string directory, MemoryFeed feed)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Audit:KeysDirectory"] = Path.Combine(directory, "keys"), ["Audit:Signing:DataDirectory"] = directory, ["Outbound:AllowedNetworks:0"] = "127.0.0.1", ["Outbound:AllowedNetworks:1"] = "::1", ["Siem:SyslogSafeSeconds"] = "10",
        }).Build());
        services.AddLogging();
        services.AddPortalCore(_ => new PostgreSqlEngine(connectionString, null, 10, NullLoggerFactory.Instance));
        PortalSlices.Register(services);
        services.Replace(ServiceDescriptor.Singleton<IAuditFeed>(feed));
        services.Replace(ServiceDescriptor.Singleton<IDataProtectionProvider>(new EphemeralDataProtectionProvider()));
        return services.BuildServiceProvider();
    }
}
