using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Unicode;

namespace Hexabase.Portal.Access.Sso.Jose;

/// <summary>
/// One JSON object from outside, read strictly (RFC 8259, I-JSON of RFC 7493): UTF-8, no member twice in one object at any depth, no lone surrogate, bounded size and depth.
/// Two readers of the same text can so never see two different values.
/// </summary>
public sealed class JsonMembers
{
    public const int MaxDepth = 16;

    /// <summary>9999-12-31T23:59:59Z, the last second that the clock can show.</summary>
    private const double LastSecond = 253_402_300_799;

    private static readonly JsonDocumentOptions Strict = new() { AllowTrailingCommas = false, CommentHandling = JsonCommentHandling.Disallow, MaxDepth = MaxDepth };
    private readonly JsonElement _object;

    private JsonMembers(JsonElement value) => _object = value;

    /// <param name="why">What is wrong, the end of a sentence that begins with "it".</param>
    public static bool TryParse(ReadOnlySpan<byte> utf8, int maxBytes, [NotNullWhen(true)] out JsonMembers? members, [NotNullWhen(false)] out string? why)
    {
        members = null;
        why = null;
        if (utf8.Length > maxBytes)
        {
            why = FormattableString.Invariant($"is larger than {maxBytes} bytes");
            return false;
        }

        if (!Utf8.IsValid(utf8))
        {
            why = "is not UTF-8";
            return false;
        }

        try
        {
            using var document = JsonDocument.Parse(utf8.ToArray(), Strict);
            if (document.RootElement.ValueKind != JsonValueKind.Object) why = "is not a JSON object";
            else why = Flaw(document.RootElement);
            if (why is null) members = new JsonMembers(document.RootElement.Clone());
        }
        catch (JsonException)
        {
            why = FormattableString.Invariant($"is not JSON or is nested deeper than {MaxDepth}");
        }

        return members is not null;
    }

    /// <summary>The members of an object that is a value of this text, which was checked as a whole.</summary>
    internal static JsonMembers Of(JsonElement checkedObject) => new(checkedObject);

    /// <summary>The names of the members, in the order they came.</summary>
    public IEnumerable<string> Names => _object.EnumerateObject().Select(m => m.Name);

    public bool Has(string name) => _object.TryGetProperty(name, out _);

    public bool TryGet(string name, out JsonElement value) => _object.TryGetProperty(name, out value);

    /// <summary>False where the member is there and is not a string; null where it is missing.</summary>
    public bool TryText(string name, out string? value)
    {
        value = null;
        if (!_object.TryGetProperty(name, out var member)) return true;
        if (member.ValueKind != JsonValueKind.String) return false;
        value = member.GetString();
        return true;
    }

    /// <summary>The string, or null where it is missing or something else.</summary>
    public string? Text(string name) => TryText(name, out var value) ? value : null;

    /// <summary>False where the member is there and is neither a string nor an array of strings; null where it is missing.</summary>
    public bool TryTexts(string name, bool allowSingle, out IReadOnlyList<string>? values)
    {
        values = null;
        if (!_object.TryGetProperty(name, out var member)) return true;
        if (allowSingle && member.ValueKind == JsonValueKind.String)
        {
            values = [member.GetString() ?? ""];
            return true;
        }

        if (member.ValueKind != JsonValueKind.Array) return false;
        var found = new List<string>();
        foreach (var item in member.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.String) return false;
            found.Add(item.GetString() ?? "");
        }

        values = found;
        return true;
    }

    /// <summary>A NumericDate (RFC 7519 section 2). False where it is there and is no number of seconds between 1970 and 9999; null where it is missing.</summary>
    public bool TryTime(string name, out DateTimeOffset? value)
    {
        value = null;
        if (!_object.TryGetProperty(name, out var member)) return true;
        if (member.ValueKind != JsonValueKind.Number || !member.TryGetDouble(out var seconds) || !(seconds >= 0 && seconds <= LastSecond)) return false;
        value = DateTimeOffset.UnixEpoch.AddMilliseconds(Math.Floor(seconds * 1000));
        return true;
    }

    private static string? Flaw(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var names = new HashSet<string>(StringComparer.Ordinal);
                foreach (var member in element.EnumerateObject())
                {
                    if (Name(member) is not { } name) return "holds a lone surrogate";
                    if (!names.Add(name)) return $"holds the member \"{SsoRefusal.Show(name)}\" twice";
                    if (Flaw(member.Value) is { } flaw) return flaw;
                }

                return null;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    if (Flaw(item) is { } flaw) return flaw;
                }

                return null;
            case JsonValueKind.String:
                return IsText(element) ? null : "holds a lone surrogate";
            case JsonValueKind.Number:
                return element.TryGetDouble(out var number) && double.IsFinite(number) ? null : "holds a number out of range";
            default:
                return null;
        }
    }

    private static string? Name(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static bool IsText(JsonElement element)
    {
        try
        {
            return element.GetString() is not null;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
