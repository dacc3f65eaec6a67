using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Hexabase.Portal.Kernel;
using Microsoft.AspNetCore.Connections;

namespace Hexabase.Portal.Hosting;

/// <summary>
/// The HTTP server refuses some requests before any of the portal's code sees them (a NUL in the path, a malformed header) and answers without a body. The contract
/// promises a problem document for each refusal, so that one answer, recognised by its exact first bytes, is exchanged for one with a body.
/// </summary>
internal static class BareRefusals
{
    private static readonly byte[] Marker = "\r\nContent-Length: 0\r\nConnection: close\r\n"u8.ToArray();

    public static void UseProblemsForBareRefusals(this IConnectionBuilder connections) => connections.Use(next => async context =>
    {
        var plain = context.Transport;
        context.Transport = new Duplex(plain.Input, new Writer(plain.Output));
        try
        {
            await next(context);
        }
        finally
        {
            context.Transport = plain;
        }
    });

    private sealed class Duplex(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }

    private sealed class Writer(PipeWriter inner) : PipeWriter
    {
        private Memory<byte> _lent;

        public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

        public override long UnflushedBytes => inner.UnflushedBytes;

        public override Memory<byte> GetMemory(int sizeHint = 0) => _lent = inner.GetMemory(sizeHint);

        // The span is of the same memory, so that Advance can look at what was written.
        public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

        public override void Advance(int bytes)
        {
            if (bytes > Marker.Length && IsBareRefusal(_lent.Span[..bytes], out var status) && Answer(status) is var answer && answer.Length <= _lent.Length)
            {
                answer.CopyTo(_lent);
                inner.Advance(answer.Length);
                return;
            }

            inner.Advance(bytes);
        }

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => inner.FlushAsync(cancellationToken);

        public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default) => inner.WriteAsync(source, cancellationToken);

        public override void CancelPendingFlush() => inner.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);

        public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);

        private static bool IsBareRefusal(ReadOnlySpan<byte> written, out int status)
        {
            status = 0;
            if (!written.StartsWith("HTTP/1.1 4"u8)) return false;
            var line = written.IndexOf("\r\n"u8);
            return line > 0 && written[line..].StartsWith(Marker) && int.TryParse(written[9..12], NumberStyles.None, CultureInfo.InvariantCulture, out status);
        }

        private static byte[] Answer(int status)
        {
            var problem = ApiErrors.Bare(status);
            var body = ApiProblem.Bytes(problem);
            var head = string.Create(CultureInfo.InvariantCulture,
                $"HTTP/1.1 {status} {Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status)}\r\nContent-Length: {body.Length}\r\nConnection: close\r\nContent-Type: application/problem+json\r\nX-Content-Type-Options: nosniff\r\nX-Request-Id: {Ids.New():N}\r\n\r\n");
            return [.. Encoding.ASCII.GetBytes(head), .. body];
        }
    }
}
