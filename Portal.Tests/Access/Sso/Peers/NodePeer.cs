using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Hexabase.Portal.Support;

namespace Hexabase.Portal.Access.Sso.Peers;

/// <summary>A real identity provider from npm (eng/web-tests), in a process of its own that ends with the test.</summary>
internal sealed class NodePeer : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _said = new();

    private NodePeer(Process process, string address) => (_process, Address) = (process, address);

    /// <summary>"http://127.0.0.1:41234".</summary>
    public string Address { get; }

    /// <summary>A port that nobody has: the provider's name is made of it before it runs.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public static async Task<NodePeer> StartAsync(string script, int port, object settings)
    {
        var folder = Path.Combine(RepositoryFiles.Root, "eng", "web-tests");
        var start = new ProcessStartInfo("node") { WorkingDirectory = folder, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(folder, script));
        start.ArgumentList.Add(JsonSerializer.Serialize(settings, JsonSerializerOptions.Web));
        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        var peer = new NodePeer(process, $"http://127.0.0.1:{port}");
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        process.OutputDataReceived += (_, line) => Hear(line.Data);
        process.ErrorDataReceived += (_, line) => Hear(line.Data);
        process.Exited += (_, _) => listening.TrySetException(new InvalidOperationException($"{script} ended before it listened:\n{peer._said}"));
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await listening.Task.WaitAsync(TimeSpan.FromSeconds(60));
        return peer;

        void Hear(string? line)
        {
            lock (peer._said) peer._said.AppendLine(line);
            if (line == "listening") listening.TrySetResult();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
