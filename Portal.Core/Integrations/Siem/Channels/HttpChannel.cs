using System.Globalization;
using System.Net;
using System.Text;
using Hexabase.Portal.Integrations.Outbound;

namespace Hexabase.Portal.Integrations.Siem;

/// <summary>What HEC and HTTPS have in common: batches, what an answer's status means, and finding the one entry of a batch that is refused.</summary>
internal abstract class HttpChannel(HttpClient client, OutboundTls tls, TimeProvider clock) : ISinkChannel
{
    private const int MaxEvents = 500;
    private const int MaxBytes = 900_000;
    private const int QuotedCharacters = 400;

    public bool NeedsConfirmation => false;

    public TimeSpan SafeTime => TimeSpan.Zero;

    protected TimeProvider Clock => clock;

    public abstract Task<SinkSent> SendAsync(SinkWindow window, CancellationToken cancellationToken);

    public abstract Task<string> TestAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken);

    public Task ConfirmAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task CheckAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public ValueTask DisposeAsync()
    {
        client.Dispose();
        tls.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>The next stretch of messages that fits into one request; at least one.</summary>
    protected static int Batch(SinkWindow window, int from, int to)
    {
        var bytes = 0;
        var end = from;
        while (end < to && end - from < MaxEvents && (end == from || bytes + window.Messages[end].Length <= MaxBytes)) bytes += window.Messages[end++].Length + 1;
        return end;
    }

    /// <exception cref="SinkFailure">The receiver was not reached.</exception>
    protected async Task<Reply> ExchangeAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using (request)
        {
            try
            {
                using var response = await client.SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellationToken);
                return new Reply(response.StatusCode, await response.Content.ReadAsStringAsync(cancellationToken), RetryAfter(response));
            }
            catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
            {
                throw new SinkFailure("http.timeout", string.Create(CultureInfo.InvariantCulture, $"The receiver did not answer within {client.Timeout.TotalSeconds:0} s."), inner: e);
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                for (Exception? cause = e; cause is not null; cause = cause.InnerException)
                {
                    if (cause is OutboundException known) throw new SinkFailure(known.Code, known.Message, inner: e);
                }

                throw new SinkFailure("http.broken", $"The exchange with the receiver broke: {(e.InnerException ?? e).Message}", inner: e);
            }
        }
    }

    /// <summary>
    /// Sends messages <paramref name="from"/> to <paramref name="to"/>; where the receiver refuses the batch for good, halves of it, until the entry is found that it means.
    /// </summary>
    /// <returns>How many from the front are settled, and why not more.</returns>
    protected async Task<(int Settled, SinkFailure? Failure)> PutAsync(SinkWindow window, int from, int to, List<SinkRefusal> refused, Func<int, int, CancellationToken, Task<Reply>> send, CancellationToken cancellationToken)
    {
        Reply reply;
        try
        {
            reply = await send(from, to, cancellationToken);
        }
        catch (SinkFailure failure)
        {
            return (0, failure);
        }

        if (reply.IsSuccess) return (to - from, null);
        if (!RefusesContent(reply)) return (0, reply.ToFailure());
        if (to - from == 1)
        {
            refused.Add(new SinkRefusal(from, reply.Code, reply.Words));
            return (1, null);
        }

        var middle = from + ((to - from) / 2);
        var (first, failed) = await PutAsync(window, from, middle, refused, send, cancellationToken);
        if (failed is not null) return (first, failed);
        var (second, failedLater) = await PutAsync(window, middle, to, refused, send, cancellationToken);
        return (first + second, failedLater);
    }

    /// <summary>The receiver means what it was sent, not who sends, where to, or when.</summary>
    protected virtual bool RefusesContent(Reply reply) => reply.Status is HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.UnsupportedMediaType or HttpStatusCode.UnprocessableEntity;

    private TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date > clock.GetUtcNow() => date - clock.GetUtcNow(),
        _ => null,
    };

    protected sealed record Reply(HttpStatusCode Status, string Body, TimeSpan? RetryAfter)
    {
        public bool IsSuccess => (int)Status is >= 200 and < 300;

        public string Code => string.Create(CultureInfo.InvariantCulture, $"http.{(int)Status}");

        /// <summary>The status and the beginning of what the receiver wrote.</summary>
        public string Words => string.Create(CultureInfo.InvariantCulture, $"{(int)Status} {Status}: {Quote()}").TrimEnd(' ', ':');

        public SinkFailure ToFailure() => new(Code, (int)Status is >= 300 and < 400 ? $"The receiver redirects ({(int)Status}); redirects are not followed. Set the address it means." : $"The receiver answered {Words}", RetryAfter);

        private string Quote()
        {
            var line = SiemText.OneLine(Body).Trim();
            return line.Length <= QuotedCharacters ? line : new StringBuilder(line, 0, QuotedCharacters, QuotedCharacters + 1).Append('…').ToString();
        }
    }
}
