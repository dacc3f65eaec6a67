using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Hexabase.Portal.Integrations.Outbound;

namespace Hexabase.Portal.Integrations.Siem;

/// <summary>
/// Splunk's HTTP Event Collector. With acknowledgement several batches are under way at a time, and one counts when the indexer says that it is on disk (POST /services/collector/ack);
/// without, a 200 counts.
/// </summary>
internal sealed class HecChannel(HttpClient client, OutboundTls tls, Uri address, string token, bool acknowledge, SiemOptions options, TimeProvider clock) : HttpChannel(client, tls, clock)
{
    private const int MaxUnderWay = 8;
    private static readonly TimeSpan AskAgain = TimeSpan.FromMilliseconds(250);

    // Asking restarts with a new channel name, as Splunk wants it for a new client.
    private readonly string _channel = Kernel.Ids.New().ToString();

    public override async Task<SinkSent> SendAsync(SinkWindow window, CancellationToken cancellationToken)
    {
        var refused = new List<SinkRefusal>();
        var waiting = new List<(int To, long AckId)>();
        var sent = 0;
        while (sent < window.Messages.Count || waiting.Count > 0)
        {
            while (sent < window.Messages.Count && waiting.Count < MaxUnderWay)
            {
                var to = Batch(window, sent, window.Messages.Count);
                var acks = new List<(int To, long AckId)>();
                var (settled, failure) = await PutAsync(window, sent, to, refused, async (a, b, cancellation) =>
                {
                    var reply = await ExchangeAsync(Post(Collector("event"), Body(window, a, b)), cancellation);
                    if (reply.IsSuccess && acknowledge) acks.Add((b, AckId(reply)));
                    return reply;
                }, cancellationToken);
                waiting.AddRange(acks);
                if (failure is not null)
                {
                    var (known, _) = await WaitAsync(waiting, 0, cancellationToken);
                    return new SinkSent(waiting.Count > 0 ? known : sent + settled, Kept(refused, waiting.Count > 0 ? known : sent + settled), failure);
                }

                sent = to;
            }

            var (through, late) = await WaitAsync(waiting, sent, cancellationToken);
            if (late is not null) return new SinkSent(through, Kept(refused, through), late);
            waiting.Clear();
        }

        return new SinkSent(window.Messages.Count, refused, null);
    }

    public override async Task<string> TestAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        var reply = await ExchangeAsync(Post(Collector("event"), new ReadOnlyMemoryContent(message)), cancellationToken);
        if (!reply.IsSuccess) throw reply.ToFailure();
        if (!acknowledge) return reply.Words;
        var (_, late) = await WaitAsync([(1, AckId(reply))], 1, cancellationToken);
        return late is null ? $"{reply.Words} The indexer acknowledged it." : throw late;
    }

    // "invalid-event-number" would name the entry; halving finds it with receivers that do not say it, too. A wrong token or index is nobody's content.
    protected override bool RefusesContent(Reply reply) =>
        base.RefusesContent(reply) && !(reply.Status == HttpStatusCode.BadRequest && SplunkCode(reply) is 7 or 10 or 11 or 14);

    /// <summary>Asks until all are acknowledged.</summary>
    /// <returns>How many messages from the front are acknowledged for certain, and the failure where not all are.</returns>
    private async Task<(int Through, SinkFailure? Failure)> WaitAsync(List<(int To, long AckId)> waiting, int all, CancellationToken cancellationToken)
    {
        var open = waiting.Select(w => w.AckId).ToHashSet();
        var until = Clock.GetUtcNow() + TimeSpan.FromSeconds(options.AcknowledgeSeconds);
        while (open.Count > 0)
        {
            try
            {
                foreach (var id in await AcknowledgedAsync(open, cancellationToken)) open.Remove(id);
            }
            catch (SinkFailure failure)
            {
                return (Front(waiting, open), failure);
            }

            if (open.Count == 0) break;
            if (Clock.GetUtcNow() > until) return (Front(waiting, open), new SinkFailure("hec.unacknowledged", FormattableString.Invariant($"The indexer has not acknowledged {open.Count} batches within {options.AcknowledgeSeconds} s.")));
            await Task.Delay(AskAgain, Clock, cancellationToken);
        }

        return (Math.Max(all, waiting.Count > 0 ? waiting[^1].To : 0), null);
    }

    private static int Front(List<(int To, long AckId)> waiting, HashSet<long> open)
    {
        var through = 0;
        foreach (var (to, id) in waiting)
        {
            if (open.Contains(id)) return through;
            through = to;
        }

        return through;
    }

    private async Task<List<long>> AcknowledgedAsync(HashSet<long> open, CancellationToken cancellationToken)
    {
        var reply = await ExchangeAsync(Post(Collector("ack"), new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(new { acks = open }))), cancellationToken);
        if (!reply.IsSuccess) throw reply.ToFailure();
        if (Json(reply) is not { } answer || !answer.TryGetProperty("acks", out var acks) || acks.ValueKind != JsonValueKind.Object) throw new SinkFailure("hec.answer", $"The receiver's answer to the question for acknowledgements cannot be read: {reply.Words}");
        return [.. acks.EnumerateObject().Where(a => a.Value.ValueKind == JsonValueKind.True && long.TryParse(a.Name, System.Globalization.CultureInfo.InvariantCulture, out _)).Select(a => long.Parse(a.Name, System.Globalization.CultureInfo.InvariantCulture))];
    }

    private static long AckId(Reply reply) => Json(reply) is { } answer && answer.TryGetProperty("ackId", out var id) && id.TryGetInt64(out var number)
        ? number
        : throw new SinkFailure("hec.noAck", "The receiver gave no ackId: indexer acknowledgement is not switched on for this token. Switch it on there, or off here.");

    private static int? SplunkCode(Reply reply) => Json(reply) is { } answer && answer.TryGetProperty("code", out var code) && code.TryGetInt32(out var number) ? number : null;

    private static JsonElement? Json(Reply reply)
    {
        try
        {
            var answer = JsonElement.Parse(reply.Body);
            return answer.ValueKind == JsonValueKind.Object ? answer : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static List<SinkRefusal> Kept(List<SinkRefusal> refused, int through) => refused.FindAll(r => r.Position < through);

    private static ReadOnlyMemoryContent Body(SinkWindow window, int from, int to)
    {
        var body = new ArrayBufferWriter<byte>(8192);
        for (var i = from; i < to; i++)
        {
            body.Write(window.BytesOf(window.Messages[i]).Span);
            body.Write("\n"u8);
        }

        return new ReadOnlyMemoryContent(body.WrittenMemory);
    }

    private Uri Collector(string what) => new(address, $"/services/collector/{what}");

    private HttpRequestMessage Post(Uri to, HttpContent content)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, to) { Content = content };
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Authorization = new AuthenticationHeaderValue("Splunk", token);
        request.Headers.Add("X-Splunk-Request-Channel", _channel);
        request.Headers.UserAgent.ParseAdd("hexabase-portal");
        return request;
    }
}
