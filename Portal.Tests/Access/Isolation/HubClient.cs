using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Hexabase.Portal.Support;
using Xunit;

namespace Hexabase.Portal.Access.Isolation;

/// <summary>A program at the live hub, that keeps all it was told.</summary>
internal sealed class HubClient : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly StringBuilder _told = new();
    private readonly CancellationTokenSource _ends = new();
    private Task _reading = Task.CompletedTask;
    private int _asked;

    public string Told
    {
        get
        {
            lock (_told) return _told.ToString();
        }
    }

    /// <summary>The events so far.</summary>
    public IReadOnlyList<JsonElement> Changes =>
        [.. Told.Split('\u001e', StringSplitOptions.RemoveEmptyEntries).Where(m => m.Contains("\"changed\"", StringComparison.Ordinal)).Select(m => JsonElement.Parse(m).GetProperty("arguments")[0])];

    public static async Task<HubClient> ConnectAsync(WebPortal portal, HttpClient client)
    {
        var hub = new HubClient();
        hub._socket.Options.SetRequestHeader("Authorization", client.DefaultRequestHeaders.Authorization?.ToString());
        await hub._socket.ConnectAsync(new Uri(portal.Address.Replace("http", "ws", StringComparison.Ordinal) + "/hubs/live"), TestContext.Current.CancellationToken);
        await hub.SendAsync("""{"protocol":"json","version":1}""");
        hub._reading = hub.ReadAsync();
        return hub;
    }

    /// <summary>What the hub answers: the error, or an empty text.</summary>
    public async Task<string> WatchAsync(string organization, params string[] topics)
    {
        var id = $"w{Interlocked.Increment(ref _asked)}";
        await SendAsync(JsonSerializer.Serialize(new { type = 1, target = "Watch", arguments = new object[] { organization, topics }, invocationId = id }));
        for (var i = 0; i < 1000; i++)
        {
            var answer = Told.Split('\u001e').FirstOrDefault(m => m.Contains($"\"invocationId\":\"{id}\"", StringComparison.Ordinal) && m.Contains("\"type\":3", StringComparison.Ordinal));
            if (answer is not null) return JsonElement.Parse(answer).TryGetProperty("error", out var error) ? error.GetString() ?? "" : "";
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        throw new TimeoutException("The hub did not answer.");
    }

    public async ValueTask DisposeAsync()
    {
        await _ends.CancelAsync();
        await _reading;
        _socket.Dispose();
        _ends.Dispose();
    }

    private Task SendAsync(string message) => _socket.SendAsync(Encoding.UTF8.GetBytes(message + "\u001e"), WebSocketMessageType.Text, endOfMessage: true, TestContext.Current.CancellationToken);

    private async Task ReadAsync()
    {
        var buffer = new byte[32 * 1024];
        try
        {
            while (true)
            {
                var read = await _socket.ReceiveAsync(buffer, _ends.Token);
                if (read.MessageType == WebSocketMessageType.Close) return;
                lock (_told) _told.Append(Encoding.UTF8.GetString(buffer, 0, read.Count));
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            // The connection ended, or the test did.
        }
    }
}
