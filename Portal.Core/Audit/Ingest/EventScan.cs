using System.Buffers;

namespace Hexabase.Portal.Audit.Ingest;

/// <summary>Finds where a JSON value ends without reading what it says.</summary>
internal static class EventScan
{
    private static readonly SearchValues<byte> Structure = SearchValues.Create("\"{}[],"u8);

    /// <summary>Finds the end of the value; negative = further on. The state goes on where it stopped.</summary>
    public static int End(ReadOnlySpan<byte> bytes, ref int at, ref int depth, ref bool inString, bool objects)
    {
        while (at < bytes.Length)
        {
            if (inString)
            {
                var stop = bytes[at..].IndexOfAny((byte)'"', (byte)'\\');
                if (stop < 0)
                {
                    at = bytes.Length;
                    return -1;
                }

                at += stop;
                if (bytes[at] == '\\')
                {
                    // The escaped byte must be here too, or a quote at the seam would end the string.
                    if (at + 1 >= bytes.Length) return -1;
                    at += 2;
                    continue;
                }

                inString = false;
                at++;
                continue;
            }

            var next = bytes[at..].IndexOfAny(Structure);
            if (next < 0)
            {
                at = bytes.Length;
                return -1;
            }

            at += next;
            switch (bytes[at])
            {
                case (byte)'"':
                    inString = true;
                    break;
                case (byte)'{' or (byte)'[':
                    depth++;
                    break;
                case (byte)',':
                    if (depth <= 0 && !objects) return at;
                    break;
                default:
                    if (depth <= 0 && !objects && bytes[at] == ']') return at;
                    depth--;
                    if (objects && depth <= 0) return ++at;
                    break;
            }

            at++;
        }

        return -1;
    }

    public static ReadOnlyMemory<byte> Trim(ReadOnlyMemory<byte> value)
    {
        var span = value.Span;
        var first = span.IndexOfAnyExcept(" \t\r\n"u8);
        return first < 0 ? default : value[first..(span.LastIndexOfAnyExcept(" \t\r\n"u8) + 1)];
    }
}
