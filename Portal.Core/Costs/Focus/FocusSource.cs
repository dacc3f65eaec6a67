using System.IO.Compression;
using System.Security.Cryptography;

namespace Hexabase.Portal.Costs.Focus;

/// <summary>
/// The bytes of a FOCUS file: unpacked where they begin with gzip's mark (RFC 1952, several members included), counted, hashed, and cut off with a finding
/// where the packing is broken or a bomb.
/// </summary>
/// <remarks>
/// The unpacker of the framework ends without a word where gzip data stops inside its last bytes or is followed by something else. A member of our own with
/// random content is therefore put behind the file: only when everything before it was whole does that content come out at the end.
/// </remarks>
internal sealed class FocusSource : IAsyncDisposable
{
    private const long ExpansionFrom = 16 * 1024 * 1024;

    private const int SealBytes = 16;

    private readonly CountingStream _raw;
    private readonly GZipStream? _gzip;
    private readonly byte[] _seal = RandomNumberGenerator.GetBytes(SealBytes);
    private byte[] _stage;
    private int _stageAt;
    private int _stageEnd;
    private bool _sealed;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly int _maxExpansion;
    private long _contentBytes;

    private FocusSource(CountingStream raw, bool gzip, int maxExpansion)
    {
        _raw = raw;
        _maxExpansion = maxExpansion;
        _stage = gzip ? new byte[64 * 1024] : [];
        if (!gzip) return;
        _gzip = new GZipStream(raw, CompressionMode.Decompress, leaveOpen: true);
        raw.Behind = Pack(_seal);
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
        var read = _gzip is null ? await _raw.ReadAsync(buffer, cancellationToken) : await UnpackAsync(_gzip, buffer, cancellationToken);
        if (Broken is not null) return 0;
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

    // Holds back the last bytes unpacked: they are the seal once nothing comes behind them. What comes out while the seal is being unpacked is held back
    // too until it has shown itself: behind a torn end it would be garbage.
    private async ValueTask<int> UnpackAsync(GZipStream gzip, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (!_sealed && (_raw.IsBehind || _stageEnd - _stageAt <= SealBytes))
        {
            _stage.AsSpan(_stageAt, _stageEnd - _stageAt).CopyTo(_stage);
            (_stageAt, _stageEnd) = (0, _stageEnd - _stageAt);
            if (_stageEnd == _stage.Length) Array.Resize(ref _stage, _stage.Length * 2);
            try
            {
                var read = await gzip.ReadAsync(_stage.AsMemory(_stageEnd), cancellationToken);
                _stageEnd += read;
                if (read > 0) continue;
            }
            catch (InvalidDataException broken)
            {
                Broken = FocusMessages.BrokenGzip(broken.Message);
                return 0;
            }

            _sealed = _stage.AsSpan(0, _stageEnd).EndsWith(_seal);
            if (!_sealed)
            {
                Broken = FocusMessages.BrokenGzip("its end is missing or followed by other data");
                return 0;
            }

            _stageEnd -= SealBytes;
        }

        var count = Math.Min(buffer.Length, _stageEnd - _stageAt - (_sealed ? 0 : SealBytes));
        _stage.AsSpan(_stageAt, count).CopyTo(buffer.Span);
        _stageAt += count;
        return count;
    }

    public async ValueTask DisposeAsync()
    {
        _hash.Dispose();
        if (_gzip is not null) await _gzip.DisposeAsync();
        await _raw.DisposeAsync();
    }

    private static byte[] Pack(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.NoCompression, leaveOpen: true)) gzip.Write(content);
        return packed.ToArray();
    }
}
