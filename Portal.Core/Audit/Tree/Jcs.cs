using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Hexabase.Portal.Audit.Tree;

/// <summary>JSON canonicalization, RFC 8785: members sorted by UTF-16 code units, no white space, shortest numbers of ECMAScript.</summary>
public static class Jcs
{
    /// <summary>Arrays and objects in each other, at most.</summary>
    public const int MaxDepth = 256;

    private static readonly JsonDocumentOptions Strict = new() { AllowTrailingCommas = false, CommentHandling = JsonCommentHandling.Disallow, MaxDepth = MaxDepth };

    /// <summary>The canonical bytes of one JSON text (UTF-8).</summary>
    /// <exception cref="FormatException">Not JSON, not UTF-8, a lone surrogate, a member twice in one object, a number beyond IEEE 754 doubles, too deep.</exception>
    public static byte[] Canonicalize(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json)) throw new FormatException("The text is not valid UTF-8.");
        var output = new ArrayBufferWriter<byte>(json.Length + 16);
        try
        {
            using var document = JsonDocument.Parse(json.ToArray(), Strict);
            Write(document.RootElement, output);
        }
        catch (JsonException e)
        {
            throw new FormatException($"The text is not JSON: {e.Message}", e);
        }

        return output.WrittenSpan.ToArray();
    }

    /// <summary>A number as ECMAScript writes it (RFC 8785 section 3.2.2.3).</summary>
    /// <exception cref="FormatException">NaN or infinite.</exception>
    public static string Number(double value)
    {
        if (!double.IsFinite(value)) throw new FormatException("NaN and infinity have no JSON form.");
        if (value == 0) return "0";
        // "R" finds the shortest digits that read back as the same double; its layout differs from ECMAScript's, so only digits and exponent are taken.
        var shortest = value.ToString("R", CultureInfo.InvariantCulture).AsSpan();
        var sign = value < 0 ? "-" : "";
        if (sign.Length > 0) shortest = shortest[1..];
        var e = shortest.IndexOf('E');
        var exponent = e < 0 ? 0 : int.Parse(shortest[(e + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var mantissa = e < 0 ? shortest : shortest[..e];
        var point = mantissa.IndexOf('.');
        var whole = point < 0 ? mantissa.Length : point;
        var all = string.Concat(mantissa[..whole], point < 0 ? [] : mantissa[(point + 1)..]);
        var digits = all.TrimStart('0');
        var n = whole + exponent - (all.Length - digits.Length);
        digits = digits.TrimEnd('0');
        var k = digits.Length;
        return sign + n switch
        {
            >= 1 and <= 21 when k <= n => digits + new string('0', n - k),
            >= 1 and <= 21 => $"{digits[..n]}.{digits[n..]}",
            > -6 and <= 0 => $"0.{new string('0', -n)}{digits}",
            _ => string.Create(CultureInfo.InvariantCulture, $"{digits[..1]}{(k > 1 ? "." : "")}{digits[1..]}e{(n > 0 ? "+" : "-")}{Math.Abs(n - 1)}"),
        };
    }

    private static void Write(JsonElement element, ArrayBufferWriter<byte> output)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(element, output);
                break;
            case JsonValueKind.Array:
                output.Write("["u8);
                var first = true;
                foreach (var item in element.EnumerateArray())
                {
                    if (!first) output.Write(","u8);
                    first = false;
                    Write(item, output);
                }

                output.Write("]"u8);
                break;
            case JsonValueKind.String:
                JcsWriter.WriteQuoted(output, Text(element));
                break;
            case JsonValueKind.Number:
                if (!element.TryGetDouble(out var number)) throw new FormatException($"The number {element.GetRawText()} is out of range.");
                output.Write(Encoding.ASCII.GetBytes(Number(number)));
                break;
            case JsonValueKind.True:
                output.Write("true"u8);
                break;
            case JsonValueKind.False:
                output.Write("false"u8);
                break;
            case JsonValueKind.Null:
                output.Write("null"u8);
                break;
            case JsonValueKind.Undefined:
            default:
                throw new FormatException("The text is empty.");
        }
    }

    private static void WriteObject(JsonElement element, ArrayBufferWriter<byte> output)
    {
        var members = new List<(string Name, JsonElement Value)>();
        foreach (var member in element.EnumerateObject()) members.Add((Name(member), member.Value));
        members.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        output.Write("{"u8);
        for (var i = 0; i < members.Count; i++)
        {
            if (i > 0)
            {
                if (members[i].Name == members[i - 1].Name) throw new FormatException($"The member \"{members[i].Name}\" stands twice in one object.");
                output.Write(","u8);
            }

            JcsWriter.WriteQuoted(output, members[i].Name);
            output.Write(":"u8);
            Write(members[i].Value, output);
        }

        output.Write("}"u8);
    }

    private static string Text(JsonElement element)
    {
        try
        {
            return element.GetString() ?? "";
        }
        catch (InvalidOperationException e)
        {
            throw new FormatException("A string holds a lone surrogate.", e);
        }
    }

    private static string Name(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException e)
        {
            throw new FormatException("A member's name holds a lone surrogate.", e);
        }
    }
}
