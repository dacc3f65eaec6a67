using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Hexabase.Portal.Integrations.Outbound;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Hexabase.Portal.Integrations;

/// <summary>An HTTP receiver that speaks HEC with acknowledgement and takes signed batches, and misbehaves on request.</summary>
internal sealed class TestReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<long, long> _acks = new();
    private long _lastAck;

    private TestReceiver(WebApplication app) => _app = app;

    public string Address => _app.Urls.Single();

    /// <summary>The numbers of accepted events, in order.</summary>
    public List<long> Sequences { get; } = [];

    /// <summary>Stream, number and entry of accepted events, in order; of signed batches only.</summary>
    public List<(string Stream, long Sequence, Guid Id)> Events { get; } = [];

    /// <summary>Webhook ids of accepted batches.</summary>
    public ConcurrentQueue<string> Batches { get; } = new();

    /// <summary>Answers instead of taking the body: status, or null to take it. By the request's text.</summary>
    public Func<string, int?> Refuse { get; set; } = _ => null;

    /// <summary>An acknowledgement comes true only after so many questions.</summary>
    public int AckAfter { get; set; } = 1;

    public string? Token { get; set; }

    public string? Secret { get; set; }

    /// <summary>Requests whose signature was wrong.</summary>
    public int BadSignatures { get; private set; }

    public static async Task<TestReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var receiver = new TestReceiver(builder.Build());
        receiver._app.MapPost("/services/collector/event", receiver.CollectAsync);
        receiver._app.MapPost("/services/collector/ack", receiver.AcknowledgeAsync);
        receiver._app.MapPost("/hook", receiver.HookAsync);
        receiver._app.MapPost("/moved", () => Results.Redirect("/hook"));
        await receiver._app.StartAsync();
        return receiver;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task<IResult> CollectAsync(HttpRequest request)
    {
        var body = await ReadAsync(request);
        if (request.Headers.Authorization.ToString() != $"Splunk {Token}") return Results.Json(new { text = "Invalid token", code = 4 }, statusCode: 403);
        if (Refuse(body) is { } status) return Answer(request.HttpContext, status);
        lock (Sequences)
        {
            foreach (var line in body.Split('\n', StringSplitOptions.RemoveEmptyEntries)) Sequences.Add(JsonElement.Parse(line).GetProperty("fields").GetProperty("sequence").GetInt64());
        }

        var id = Interlocked.Increment(ref _lastAck);
        _acks[id] = 0;
        return Results.Json(new { text = "Success", code = 0, ackId = id });
    }

    private async Task<IResult> AcknowledgeAsync(HttpRequest request)
    {
        var asked = JsonElement.Parse(await ReadAsync(request)).GetProperty("acks").EnumerateArray().Select(a => a.GetInt64()).ToList();
        return Results.Json(new { acks = asked.ToDictionary(a => a.ToString(System.Globalization.CultureInfo.InvariantCulture), a => _acks.AddOrUpdate(a, 1, (_, n) => n + 1) >= AckAfter) });
    }

    private async Task<IResult> HookAsync(HttpRequest request)
    {
        var body = await ReadAsync(request);
        var headers = request.Headers;
        if (Secret is { } secret && !WebhookSignature.Verify(headers["webhook-id"], headers["webhook-timestamp"], headers["webhook-signature"], Encoding.UTF8.GetBytes(body), [secret], TimeProvider.System.GetUtcNow()))
        {
            BadSignatures++;
            return Results.StatusCode(401);
        }

        if (Refuse(body) is { } status) return Answer(request.HttpContext, status);
        lock (Sequences)
        {
            foreach (var entry in JsonElement.Parse(body).GetProperty("data").EnumerateArray())
            {
                Sequences.Add(entry.GetProperty("sequence").GetInt64());
                Events.Add((entry.GetProperty("stream").GetString() ?? "", Sequences[^1], entry.GetProperty("id").GetGuid()));
            }
        }

        Batches.Enqueue(headers["webhook-id"].ToString());
        return Results.NoContent();
    }

    private static IResult Answer(HttpContext http, int status)
    {
        if (status == 0)
        {
            http.Abort();
            return Results.Empty;
        }

        return Results.Text("the receiver says no", statusCode: status);
    }

    private static async Task<string> ReadAsync(HttpRequest request)
    {
        using var reader = new StreamReader(request.Body, Encoding.UTF8);
        return await reader.ReadToEndAsync();
    }
}
