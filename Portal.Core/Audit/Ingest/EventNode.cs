using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Hexabase.Portal.Audit.Ingest;

/// <summary>
/// A place in an event, or nowhere: every step and every reading of what is not there answers null instead of failing. Members are found by their exact name;
/// in a folded reading, then also by the same letters in another case, since collectors on the way (data lakes) lower them.
/// </summary>
internal readonly struct EventNode(JsonElement element, EventStrings? strings = null, bool isFolded = false)
{
    public const int MaxJsonBytes = 64 * 1024;

    private readonly JsonElement _element = element;

    public bool Exists => _element.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);

    public bool IsObject => _element.ValueKind == JsonValueKind.Object;

    public bool IsArray => _element.ValueKind == JsonValueKind.Array;

    public bool IsString => _element.ValueKind == JsonValueKind.String;

    public bool IsFalse => _element.ValueKind == JsonValueKind.False;

    public JsonElement Element => _element;

    /// <summary>The member of an object.</summary>
    public EventNode this[ReadOnlySpan<byte> name]
    {
        get
        {
            if (_element.ValueKind != JsonValueKind.Object) return default;
            if (_element.TryGetProperty(name, out var exact)) return new EventNode(exact, strings, isFolded);
            if (!isFolded) return default;
            foreach (var member in _element.EnumerateObject())
            {
                if (Ascii.EqualsIgnoreCase(JsonMarshal.GetRawUtf8PropertyName(member), name)) return new EventNode(member.Value, strings, isFolded);
            }

            return default;
        }
    }

    public EventNode this[string name] => this[Encoding.UTF8.GetBytes(name)];

    /// <summary>An element of an array; of anything else, nowhere.</summary>
    public EventNode At(int index) => IsArray && index >= 0 && index < _element.GetArrayLength() ? new EventNode(_element[index], strings, isFolded) : default;

    /// <summary>The text of a string, number or boolean; null for anything else and for the empty text.</summary>
    public string? Text(int maxLength = 400)
    {
        switch (_element.ValueKind)
        {
            case JsonValueKind.String:
                var raw = JsonMarshal.GetRawUtf8Value(_element);
                return raw.Length <= 2 ? null : EventText.Read(raw[1..^1], maxLength, strings);
            case JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False:
                return EventText.Cut(Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(_element)), maxLength);
            default:
                return null;
        }
    }

    /// <summary>The value as JSON text; null where there is nothing in it. What is larger than 64 KB stays in the original alone.</summary>
    public string? Json()
    {
        if (!Exists) return null;
        var raw = JsonMarshal.GetRawUtf8Value(_element);
        if (raw is [(byte)'{', .., (byte)'}'] or [(byte)'[', .., (byte)']'] && raw[1..^1].IndexOfAnyExcept(" \t\r\n"u8) < 0) return null;
        if (raw is [(byte)'"', (byte)'"']) return null;
        return raw.Length > MaxJsonBytes ? $"{{\"(left out)\":{raw.Length}}}" : EventText.ReadJson(raw);
    }

    /// <summary>True where the text is one of the words, in any case.</summary>
    public bool Is(params ReadOnlySpan<string> words)
    {
        if (Text(60) is not { } text) return false;
        foreach (var word in words)
        {
            if (text.Equals(word, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }

    /// <summary>The whole number; null for anything else. Numbers in quotes count.</summary>
    public long? Number() => long.TryParse(Text(30), System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : null;
}
