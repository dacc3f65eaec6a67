using System.IO.Compression;
using System.Security.Cryptography;

namespace Hexabase.Portal.Costs.Focus;

/// <summary>
/// The bytes of a FOCUS file: unpacked where they begin with gzip's mark (RFC 1952, several members included), counted, hashed, and cut off with a finding
/// where the packing is broken or a bomb.
/// </summary>
internal sealed class FocusSource : IAsyncDisposable
{
    private const long ExpansionFrom = 16 * 1024 * 1024;

    private readonly CountingStream _raw;
    private readonly GZipStream? _gzip;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly int _maxExpansion;
    private long _contentBytes;

    private FocusSource(CountingStream raw, bool gzip, int maxExpansion)
    {
        _raw = raw;
        _gzip = gzip ? new GZipStream(raw, CompressionMode.Decompress, leaveOpen: true) : null;
        _maxExpansion = maxExpansion;
    }

    /// <summary>Bytes taken from the file as it was given.</summary>
    public long BytesRead => _raw.BytesRead;

    /// <summary>What ended the bytes before their time (code and message); null while they are sound.</summary>
    public (string Code, string Message)? Broken { get; private set; }

    /// <summary>Looks at the first bytes and puts the unpacker in front where they say gzip.</summary>
    public static async ValueTask<FocusSource> OpenAsync(Stream content, FocusReadOptions options, CancellationToken cancellationToken)
    {
        var raw = new CountingStream(content);
        var start = await raw.PeekAsync(2, cancellationToken);
        return new FocusSource(raw, start.Span.SequenceEqual((ReadOnlySpan<byte>)[0x1F, 0x8B]), options.MaxExpansion);
    }

    /// <summary>Fills a part of the buffer; 0 at the end or where <see cref="Broken"/> says why.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (Broken is not null) return 0;
        int read;
        if (_gzip is null)
        {
            read = await _raw.ReadAsync(buffer, cancellationToken);
        }
        else
        {
            try
            {
                read = await _gzip.ReadAsync(buffer, cancellationToken);
            }
            catch (InvalidDataException broken)
            {
                Broken = FocusMessages.BrokenGzip(broken.Message);
                return 0;
            }
        }

        _contentBytes += read;
        if (_gzip is not null && _contentBytes > ExpansionFrom && _contentBytes / _maxExpansion > BytesRead)
        {
            Broken = FocusMessages.GzipBomb(_maxExpansion);
            return 0;
        }

        _hash.AppendData(buffer.Span[..read]);
        return read;
    }

    /// <summary>SHA-256 of the unpacked bytes so far, in lower-case hex.</summary>
    public string ContentSha256() => Convert.ToHexStringLower(_hash.GetCurrentHash());

    public async ValueTask DisposeAsync()
    {
        _hash.Dispose();
        if (_gzip is not null) await _gzip.DisposeAsync();
        await _raw.DisposeAsync();
    }
}
