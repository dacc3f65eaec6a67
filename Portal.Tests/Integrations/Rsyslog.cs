using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Integrations;

/// <summary>A real rsyslog with mutual TLS that writes what it receives into a file.</summary>
internal sealed partial class Rsyslog : IAsyncDisposable
{
    private const string Program = "/usr/sbin/rsyslogd";
    private readonly string _directory = Directory.CreateTempSubdirectory("portal-rsyslog-").FullName;
    private Process? _process;

    public Rsyslog(TestCertificates certificates, string serverName = "localhost", string clientName = "portal.test")
    {
        Port = FreePort();
        var (certificate, key) = certificates.Issue(serverName);
        File.WriteAllText(Path.Combine(_directory, "ca.pem"), certificates.AuthorityPem);
        File.WriteAllText(Path.Combine(_directory, "cert.pem"), certificate);
        File.WriteAllText(Path.Combine(_directory, "key.pem"), key);
        File.WriteAllText(Path.Combine(_directory, "rsyslog.conf"), $$"""
            global(workDirectory="{{_directory}}" maxMessageSize="64k" defaultNetstreamDriver="ossl" defaultNetstreamDriverCAFile="{{_directory}}/ca.pem"
                   defaultNetstreamDriverCertFile="{{_directory}}/cert.pem" defaultNetstreamDriverKeyFile="{{_directory}}/key.pem")
            module(load="imtcp" streamDriver.name="ossl" streamDriver.mode="1" streamDriver.authMode="x509/name" permittedPeer=["{{clientName}}"])
            input(type="imtcp" port="{{Port}}" address="127.0.0.1")
            template(name="raw" type="string" string="%rawmsg%\n")
            action(type="omfile" file="{{Output}}" template="raw")
            """);
    }

    public int Port { get; }

    public string Output => Path.Combine(_directory, "received.log");

    public static void SkipWhereMissing()
    {
        if (!File.Exists(Program) || !File.Exists("/usr/lib/x86_64-linux-gnu/rsyslog/lmnsd_ossl.so") && Directory.GetFiles("/usr/lib", "lmnsd_ossl.so", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true }).Length == 0)
            Assert.Skip("Needs the Debian packages rsyslog and rsyslog-openssl.");
    }

    public async Task StartAsync()
    {
        _process = Process.Start(new ProcessStartInfo(Program, ["-n", "-f", Path.Combine(_directory, "rsyslog.conf"), "-i", Path.Combine(_directory, "pid")]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        for (var i = 0; ; i++)
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync(IPAddress.Loopback, Port, TestContext.Current.CancellationToken);
                return;
            }
            catch (SocketException)
            {
                _process.HasExited.ShouldBeFalse("rsyslogd ended at its start");
                (i < 100).ShouldBeTrue("rsyslogd does not listen");
                await Task.Delay(100, TestContext.Current.CancellationToken);
            }
        }
    }

    /// <summary>As kill -9 does.</summary>
    public async Task KillAsync()
    {
        if (_process is null) return;
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        _process = null;
        File.Delete(Path.Combine(_directory, "pid"));
    }

    /// <summary>The numbers of the live stream in the order in which they stand in the file.</summary>
    public List<long> Sequences()
    {
        var found = new List<long>();
        if (!File.Exists(Output)) return found;
        using var reader = new StreamReader(new FileStream(Output, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        while (reader.ReadLine() is { } line)
        {
            foreach (var match in Number().EnumerateMatches(line)) found.Add(long.Parse(line.AsSpan(match.Index + 10, match.Length - 11), System.Globalization.CultureInfo.InvariantCulture));
        }

        return found;
    }

    public long Bytes => File.Exists(Output) ? new FileInfo(Output).Length : 0;

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>Every number from 1 to n is there, and each came for the first time behind the one before it.</summary>
    public static void ShouldBeWhole(List<long> sequences, long n)
    {
        long highest = 0;
        foreach (var sequence in sequences)
        {
            if (sequence == highest + 1) highest = sequence;
            else sequence.ShouldBeLessThanOrEqualTo(highest, $"{sequence} came although {highest + 1} had not");
        }

        highest.ShouldBe(n);
    }

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [GeneratedRegex("sequence=\"[0-9]+\"", RegexOptions.None, 1000)]
    private static partial Regex Number();
}
