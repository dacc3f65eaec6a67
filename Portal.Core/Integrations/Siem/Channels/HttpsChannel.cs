using System.Buffers;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Hexabase.Portal.Integrations.Outbound;

namespace Hexabase.Portal.Integrations.Siem;

/// <summary>
/// Posts batches with Standard Webhooks signatures: <c>{"type":"audit.entries","timestamp","sink_id","stream","first","last","data":[...]}</c>. The webhook id is made of sink, stream and
/// numbers, so that a batch that is sent again has the id it had. Any 2xx acknowledges.
/// </summary>
internal sealed class HttpsChannel(HttpClient client, OutboundTls tls, Uri address, Guid sinkId, IReadOnlyList<string> secrets, bool eventsAreJson, TimeProvider clock) : HttpChannel(client, tls, clock)
{
    public override async Task<SinkSent> SendAsync(SinkWindow window, CancellationToken cancellationToken)
    {
        var refused = new List<SinkRefusal>();
        for (var from = 0; from < window.Messages.Count;)
        {
            var to = Batch(window, from, window.Messages.Count);
            var (settled, failure) = await PutAsync(window, from, to, refused, (a, b, cancellation) => ExchangeAsync(Request(window, a, b), cancellation), cancellationToken);
            if (failure is not null) return new SinkSent(from + settled, refused, failure);
            from = to;
        }

        return new SinkSent(window.Messages.Count, refused, null);
    }

    public override async Task<string> TestAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        var window = new SinkWindow { Stream = "test", Bytes = message, Messages = [new SinkMessage(0, 0, Guid.Empty, "", 0, 0, message.Length)] };
        var reply = await ExchangeAsync(Request(window, 0, 1), cancellationToken);
        return reply.IsSuccess ? reply.Words : throw reply.ToFailure();
    }

    private HttpRequestMessage Request(SinkWindow window, int from, int to)
    {
        var now = Clock.GetUtcNow();
        var (first, last) = (window.Messages[from].Sequence, window.Messages[to - 1].Sequence);
        var body = new ArrayBufferWriter<byte>(8192);
        using (var json = new Utf8JsonWriter(body, JsonFormat.Options))
        {
            json.WriteStartObject();
            json.WriteString("type", window.Stream == "test" ? "audit.test" : "audit.entries");
            json.WriteString("timestamp", AuditEvent.Time(now.UtcDateTime));
            json.WriteString("sink_id", sinkId);
            json.WriteString("stream", window.Stream);
            json.WriteNumber("first", first);
            json.WriteNumber("last", last);
            json.WriteStartArray("data");
            for (var i = from; i < to; i++)
            {
                var bytes = window.BytesOf(window.Messages[i]).Span;
                if (eventsAreJson) json.WriteRawValue(bytes, skipInputValidation: true);
                else json.WriteStringValue(bytes);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        var id = string.Create(CultureInfo.InvariantCulture, $"audit_{sinkId:N}_{window.Stream}_{first}_{last}");
        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ReadOnlyMemoryContent(body.WrittenMemory) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.UserAgent.ParseAdd("hexabase-portal");
        request.Headers.Add(WebhookSignature.IdHeader, id);
        request.Headers.Add(WebhookSignature.TimestampHeader, now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        if (secrets.Count > 0) request.Headers.Add(WebhookSignature.SignatureHeader, WebhookSignature.Sign(id, now, body.WrittenSpan, secrets));
        return request;
    }
}
