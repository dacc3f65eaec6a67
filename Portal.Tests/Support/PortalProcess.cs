using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using Hexabase.Portal.Kernel;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Support;

/// <summary>
/// The portal as an operator starts it: a process of its own with its own data directory and PostgreSQL, which tests may kill. Slow to start; few tests want it.
/// </summary>
public sealed partial class PortalProcess : IAsyncLifetime
{
    /// <summary>The test's end; benchmarks have none.</summary>
    private static CancellationToken Stop => TestContext.Current?.CancellationToken ?? CancellationToken.None;

    private readonly string _data = Path.Combine(Path.GetTempPath(), $"hexabase-portal-process-{Ids.New():N}");
    private readonly StringBuilder _said = new();
    private Process? _process;
    private HttpClient? _api;

    public HttpClient Api => _api ?? throw new InvalidOperationException("The portal has not started.");

    /// <summary>What the process printed so far.</summary>
    public string Said
    {
        get
        {
            lock (_said) return _said.ToString();
        }
    }

    public async ValueTask InitializeAsync() => await StartAsync();

    /// <summary>Starts the built program on the data directory and waits until it listens.</summary>
    public async Task StartAsync()
    {
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "portal.dll"));
        start.ArgumentList.Add("--contentRoot");
        start.ArgumentList.Add(AppContext.BaseDirectory);
        foreach (var (name, value) in new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["PORTAL_DATA"] = _data,
            ["PORTAL_PORT"] = "0",
            ["PORTAL_BIND"] = "127.0.0.1",
            ["PORTAL_BOOTSTRAP_TOKEN"] = WebPortal.BootstrapToken,
            // Production waits longer before it takes a worker for lost.
            ["Jobs__LostAfter"] = "00:00:04",
            ["ASPNETCORE_ENVIRONMENT"] = "Production",
        }) start.Environment[name] = value;

        var listening = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        process.OutputDataReceived += (_, line) => Hear(line.Data);
        process.ErrorDataReceived += (_, line) => Hear(line.Data);
        process.Exited += (_, _) => listening.TrySetException(new InvalidOperationException($"The portal ended before it listened:\n{Said}"));
        process.Start();
        _process = process;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var address = await listening.Task.WaitAsync(TimeSpan.FromMinutes(2), Stop);
        _api?.Dispose();
        _api = new HttpClient { BaseAddress = new Uri(address), Timeout = TimeSpan.FromSeconds(30) };
        _api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", WebPortal.BootstrapToken);

        void Hear(string? line)
        {
            if (line is null) return;
            lock (_said) _said.AppendLine(line);
            if (Listens().Match(line) is { Success: true } match) listening.TrySetResult(match.Groups[1].Value);
        }
    }

    /// <summary>The newest checkpoint of each log, as the portal published it outside its database.</summary>
    public IEnumerable<(string Source, string Text)> PublishedCheckpoints() =>
        Directory.Exists(Path.Combine(_data, "checkpoints")) ? Directory.EnumerateFiles(Path.Combine(_data, "checkpoints"), "checkpoint", SearchOption.AllDirectories).Select(f => (f, File.ReadAllText(f))) : [];

    /// <summary>SIGKILL to the database server alone; answers its process number.</summary>
    public int? KillDatabase()
    {
        var file = Path.Combine(_data, "postgresql", "cluster", "postmaster.pid");
        if (!File.Exists(file) || File.ReadLines(file).FirstOrDefault() is not { } line || !int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var id)) return null;
        try
        {
            using var server = Process.GetProcessById(id);
            server.Kill();
            return id;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>SIGKILL to the portal and to its database server, as a power cut would.</summary>
    public async Task KillAsync()
    {
        var process = _process.ShouldNotBeNull();
        process.Kill();
        KillDatabase();
        await process.WaitForExitAsync(Stop);
        process.Dispose();
        _process = null;
    }

    public async ValueTask DisposeAsync()
    {
        _api?.Dispose();
        if (_process is { } process)
        {
            using (var term = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)])) await term.WaitForExitAsync(CancellationToken.None);
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(40));
            try
            {
                await process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
            }

            process.Dispose();
        }

        if (Directory.Exists(_data)) Directory.Delete(_data, recursive: true);
    }

    [GeneratedRegex("Hexabase Portal listens on (http://[0-9.:]+)", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Listens();
}
