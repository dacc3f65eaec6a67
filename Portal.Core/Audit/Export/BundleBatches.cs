using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Threading.Channels;

namespace Hexabase.Portal.Audit.Export;

/// <summary>Whole lines of a bundle, parsed.</summary>
/// <param name="LastLine">The file's last line (without its line break) when this is the last batch.</param>
internal sealed record BundleBatch(byte[] Buffer, int Length, ParsedLines Lines, long BytesSoFar, bool IsLast, bool EndsInLineBreak, ReadOnlyMemory<byte> LastLine, byte[]? Digest);

/// <summary>
/// Reads a bundle in blocks of whole lines: one task reads and computes the digest, others parse and hash, the caller takes the blocks in order. At most a
/// handful of blocks are in memory. Gzip is recognized by its first bytes.
/// </summary>
internal sealed class BundleBatches(Stream input, BundleExpectation expectation)
{
    private const int BlockBytes = 512 * 1024;
    private const int MaxLineBytes = 64 * 1024 * 1024;
    private const int BlocksAhead = 4;

    public async IAsyncEnumerable<BundleBatch> ReadAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var channel = Channel.CreateBounded<Task<BundleBatch>>(new BoundedChannelOptions(BlocksAhead) { SingleReader = true, SingleWriter = true });
        var reading = Task.Run(() => FillAsync(channel.Writer, stop.Token), CancellationToken.None);
        try
        {
            await foreach (var parsing in channel.Reader.ReadAllAsync(cancellationToken))
            {
                var batch = await parsing;
                yield return batch;
                ArrayPool<byte>.Shared.Return(batch.Buffer);
            }

            await reading;
        }
        finally
        {
            await stop.CancelAsync();
            await reading.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    private async Task FillAsync(ChannelWriter<Task<BundleBatch>> writer, CancellationToken cancellationToken)
    {
        try
        {
            await using var plain = await UnpackAsync(cancellationToken);
            var total = await SplitAsync(plain, writer, cancellationToken);
            if (plain is GZipStream && !await EndsWithItsContentAsync(total, cancellationToken)) throw new UnusableInputException("The compressed file does not end where its content does: it was cut off, or something was added behind it.");
            writer.Complete();
        }
        catch (InvalidDataException e)
        {
            writer.Complete(new UnusableInputException($"The compressed file is damaged: {e.Message}", e));
        }
        catch (Exception e) when (e is IOException or UnusableInputException or OperationCanceledException)
        {
            writer.Complete(e);
        }
    }

    /// <summary>The framework's reader passes over a trailer that is cut off and over bytes behind it. RFC 1952 section 2.3.1: the last four bytes are the size of the content.</summary>
    private async Task<bool> EndsWithItsContentAsync(long total, CancellationToken cancellationToken)
    {
        var size = new byte[sizeof(uint)];
        input.Seek(-size.Length, SeekOrigin.End);
        await input.ReadExactlyAsync(size, cancellationToken);
        return BinaryPrimitives.ReadUInt32LittleEndian(size) == unchecked((uint)total);
    }

    /// <returns>Bytes of the content.</returns>
    private async Task<long> SplitAsync(Stream plain, ChannelWriter<Task<BundleBatch>> writer, CancellationToken cancellationToken)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BlockBytes);
        var (filled, total) = (0, 0L);
        // A block waits until more is known to follow it: the digest leaves out the last line.
        (byte[] Buffer, int Length)? held = null;
        while (true)
        {
            var read = await plain.ReadAsync(buffer.AsMemory(filled), cancellationToken);
            filled += read;
            total += read;
            if (read > 0 && filled < buffer.Length) continue;
            var end = read == 0 ? filled : buffer.AsSpan(0, filled).LastIndexOf((byte)'\n') + 1;
            if (read > 0 && end == 0)
            {
                buffer = Grow(buffer, filled);
                continue;
            }

            var next = ArrayPool<byte>.Shared.Rent(Math.Max(BlockBytes, filled - end + BlockBytes));
            buffer.AsSpan(end, filled - end).CopyTo(next);
            if (end > 0)
            {
                if (held is { } before)
                {
                    digest.AppendData(before.Buffer, 0, before.Length);
                    await writer.WriteAsync(ParseAsync(before.Buffer, before.Length, total), cancellationToken);
                }

                held = (buffer, end);
            }
            else ArrayPool<byte>.Shared.Return(buffer);

            (buffer, filled) = (next, filled - end);
            if (read == 0) break;
        }

        ArrayPool<byte>.Shared.Return(buffer);
        if (held is not { } last) return total;
        var content = last.Buffer.AsSpan(0, last.Length);
        var closed = content[^1] == (byte)'\n';
        var body = closed ? content[..^1] : content;
        var start = body.LastIndexOf((byte)'\n') + 1;
        digest.AppendData(last.Buffer, 0, start);
        var hash = digest.GetHashAndReset();
        var lastLine = last.Buffer.AsMemory(start, body.Length - start);
        await writer.WriteAsync(Task.Run(() => new BundleBatch(last.Buffer, last.Length, ParsedLines.Parse(last.Buffer.AsSpan(0, last.Length), expectation), total, true, closed, lastLine, hash), cancellationToken), cancellationToken);
        return total;
    }

    private Task<BundleBatch> ParseAsync(byte[] buffer, int length, long total) =>
        Task.Run(() => new BundleBatch(buffer, length, ParsedLines.Parse(buffer.AsSpan(0, length), expectation), total, false, true, default, null));

    private static byte[] Grow(byte[] buffer, int filled)
    {
        if (filled >= MaxLineBytes) throw new UnusableInputException($"A line is longer than {MaxLineBytes / (1024 * 1024)} MB: this is no bundle.");
        var bigger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.AsSpan(0, filled).CopyTo(bigger);
        ArrayPool<byte>.Shared.Return(buffer);
        return bigger;
    }

    private async Task<Stream> UnpackAsync(CancellationToken cancellationToken)
    {
        var magic = new byte[2];
        var read = await input.ReadAtLeastAsync(magic, 2, throwOnEndOfStream: false, cancellationToken);
        input.Seek(-read, SeekOrigin.Current);
        return read == 2 && magic is [0x1F, 0x8B] ? new GZipStream(input, CompressionMode.Decompress, leaveOpen: true) : new LeftOpen(input);
    }

    /// <summary>Reads on without owning the stream.</summary>
    private sealed class LeftOpen(Stream inner) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => inner.Length;

        public override long Position
        {
            get => inner.Position;
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

        public override int Read(Span<byte> buffer) => inner.Read(buffer);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(buffer, cancellationToken);

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
