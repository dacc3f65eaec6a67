using System.Buffers;
using System.Security.Cryptography;

namespace Hexabase.Portal.Audit.Persons;

/// <summary>What sealing of many parts shares, whoever the person is. Not for several threads.</summary>
internal sealed class SealingTools : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly ArrayBufferWriter<byte> _content = new(1024);
    private readonly byte[] _random = new byte[4096];
    private int _drawn = 4096;

    /// <summary>The part as canonical JSON; holds until the next one.</summary>
    public ReadOnlySpan<byte> Content(ActorDetails actor)
    {
        _content.ResetWrittenCount();
        AuditSealer.Write(_content, actor);
        return _content.WrittenSpan;
    }

    /// <summary>The part as canonical JSON; holds until the next one.</summary>
    public ReadOnlySpan<byte> Content(SubjectDetails subject)
    {
        _content.ResetWrittenCount();
        AuditSealer.Write(_content, subject);
        return _content.WrittenSpan;
    }

    /// <summary>Random bytes, drawn from the system a few thousand at a time; none is given out twice.</summary>
    public void Draw(Span<byte> into)
    {
        if (_drawn + into.Length > _random.Length)
        {
            RandomNumberGenerator.Fill(_random);
            _drawn = 0;
        }

        _random.AsSpan(_drawn, into.Length).CopyTo(into);
        _drawn += into.Length;
    }

    /// <summary>As <see cref="PersonKey.Commit"/>.</summary>
    public byte[] Commit(ReadOnlySpan<byte> salt, ReadOnlySpan<byte> content)
    {
        _hash.AppendData(salt);
        _hash.AppendData(content);
        return _hash.GetHashAndReset();
    }

    public void Dispose() => _hash.Dispose();
}
