using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Unicode;

namespace Hexabase.Portal.Audit.Ingest;

/// <summary>Reads one JSON object strictly (RFC 8259, names once each) and says in words what is wrong with anything else.</summary>
internal static class EventJson
{
    public const int MaxBytes = 1024 * 1024;
    public const int MaxDepth = 64;

    public static readonly EventRefusal TooLong = new("json.tooLong", "An event is at most 1 MB (1,048,576 bytes) long.");
    public static readonly EventRefusal Truncated = new("json.truncated", "The body ends in the middle of this event.");
    private static readonly EventRefusal Encoding = new("json.encoding", "The event is not valid UTF-8.");
    private static readonly EventRefusal NotObject = new("json.notObject", "An event is a JSON object.");
    private static readonly EventRefusal Duplicate = new("json.duplicateKey", "A name stands twice in one object, so that readers would disagree about its value.");
    private static readonly EventRefusal HalfName = new("json.loneSurrogate", "A name in the event holds half of a surrogate pair, which is no character.");
    private static readonly EventRefusal Depth = new("json.depth", "The event is nested deeper than 64 levels.");

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = MaxDepth };
    private static readonly JsonDocumentOptions Doubled = new() { AllowDuplicateProperties = true, MaxDepth = MaxDepth };
    private static readonly JsonDocumentOptions Deep = new() { AllowDuplicateProperties = true, MaxDepth = MaxBytes };

    public static bool TryParse(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out JsonDocument? document, [NotNullWhen(false)] out EventRefusal? refusal)
    {
        (document, refusal) = (null, null);
        var span = bytes.Span.Trim(" \t\r\n"u8);
        if (span.Length > MaxBytes) refusal = TooLong;
        else if (!Utf8.IsValid(span)) refusal = Encoding;
        // Cheap answers first: an exception for each of a million short lines would be slow.
        else if (span.IsEmpty || !IsStart(span[0])) refusal = Malformed(1);
        else if (span[0] == '{' && span[^1] != '}') refusal = Malformed(span.Length);
        if (refusal is not null) return false;
        if (TryParse(bytes, Strict, out document, out var place))
        {
            if (document.RootElement.ValueKind == JsonValueKind.Object) return true;
            document.Dispose();
            (document, refusal) = (null, NotObject);
            return false;
        }

        refusal = TryParse(bytes, Doubled, out var other, out _) ? place < 0 ? HalfName : Duplicate : TryParse(bytes, Deep, out other, out _) ? Depth : Malformed(Math.Max(1, place));
        other?.Dispose();
        return false;
    }

    public static EventRefusal Malformed(long place) => new("json.malformed", $"The event is not JSON (RFC 8259): byte {place}.");

    private static bool IsStart(byte first) => first is (byte)'{' or (byte)'[' or (byte)'"' or (byte)'t' or (byte)'f' or (byte)'n' or (byte)'-' or (>= (byte)'0' and <= (byte)'9');

    private static bool TryParse(ReadOnlyMemory<byte> bytes, JsonDocumentOptions options, [NotNullWhen(true)] out JsonDocument? document, out long place)
    {
        (document, place) = (null, 0);
        try
        {
            document = JsonDocument.Parse(bytes, options);
            return true;
        }
        catch (JsonException e)
        {
            place = (e.BytePositionInLine ?? 0) + 1;
            return false;
        }
        catch (InvalidOperationException)
        {
            // A name with half of a surrogate pair, met while looking for doubles.
            place = -1;
            return false;
        }
    }
}
