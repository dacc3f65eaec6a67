using System.Buffers;
using System.Text;

namespace Hexabase.Portal.Integrations.Siem;

/// <summary>Writes events in a sink's format and cuts those that are longer than its receiver takes: the longest field first, until it fits; the message names what was cut.</summary>
internal sealed class SinkEncoder(IAuditEventFormat format, int maxBytes)
{
    private const int MaxRounds = 12;
    private const int Smallest = 48;

    private readonly ArrayBufferWriter<byte> _scratch = new(4096);

    /// <summary>The bytes live until the next call.</summary>
    public ReadOnlySpan<byte> Encode(AuditEvent audited)
    {
        _scratch.ResetWrittenCount();
        format.Write(audited, _scratch);
        for (var round = 0; _scratch.WrittenCount > maxBytes && round < MaxRounds; round++)
        {
            if (!Cut(audited, _scratch.WrittenCount - maxBytes)) break;
            _scratch.ResetWrittenCount();
            format.Write(audited, _scratch);
        }

        return _scratch.WrittenSpan;
    }

    private static bool Cut(AuditEvent audited, int excess)
    {
        AuditField? longest = null;
        var length = Smallest;
        for (var field = (AuditField)0; (int)field < AuditFields.Count; field++)
        {
            if (AuditFields.IsFixed(field) || audited[field] is not { } text) continue;
            var bytes = Encoding.UTF8.GetByteCount(text);
            if (bytes <= length) continue;
            (longest, length) = (field, bytes);
        }

        if (longest is not { } cut) return false;
        var value = audited[cut] ?? "";
        // Escaping makes text longer than it is here: what is still too long is cut again in the next round.
        var keep = Math.Max(Smallest / 2, value.Length - excess - 64);
        if (keep > 0 && char.IsHighSurrogate(value[keep - 1])) keep--;
        audited.Replace(cut, value[..keep] + "…");
        var name = AuditFields.NameOf(cut);
        if (audited.Truncated is null) audited.Truncated = name;
        else if (!audited.Truncated.Split(',').Contains(name, StringComparer.Ordinal)) audited.Truncated += "," + name;
        return true;
    }
}
