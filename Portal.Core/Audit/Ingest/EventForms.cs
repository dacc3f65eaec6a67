using System.Text.Json;

namespace Hexabase.Portal.Audit.Ingest;

/// <summary>How a body holds its events.</summary>
internal enum EventForm
{
    Unknown,
    Lines,
    Array,
    Wrapped,
    Objects,
}

/// <summary>Tells the form of a body from its beginning.</summary>
internal static class EventForms
{
    /// <summary>Whether the object that begins here wraps an array of events, and where behind its bracket; Unknown = more must be read to tell.</summary>
    public static EventForm Look(ReadOnlySpan<byte> bytes, IReadOnlyList<string> envelope, out int arrayAt)
    {
        arrayAt = 0;
        var reader = new Utf8JsonReader(bytes, isFinalBlock: false, new JsonReaderState(new JsonReaderOptions { MaxDepth = EventJson.MaxDepth }));
        var matched = 0;
        var expected = false;
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName)
                {
                    expected = reader.CurrentDepth == matched + 1 && matched < envelope.Count && reader.ValueTextEquals(envelope[matched]);
                    continue;
                }

                if (expected && reader.TokenType == JsonTokenType.StartObject && matched + 1 < envelope.Count) matched++;
                if (expected && reader.TokenType == JsonTokenType.StartArray && matched + 1 == envelope.Count)
                {
                    arrayAt = (int)reader.BytesConsumed;
                    return EventForm.Wrapped;
                }

                if (reader.TokenType == JsonTokenType.EndObject && reader.CurrentDepth <= matched) matched = Math.Max(0, reader.CurrentDepth - 1);
                if (reader.TokenType == JsonTokenType.EndObject && reader.CurrentDepth == 0)
                    return bytes[..(int)reader.BytesConsumed].Contains((byte)'\n') ? EventForm.Objects : EventForm.Lines;
                expected = false;
            }

            return EventForm.Unknown;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return EventForm.Lines;
        }
    }
}
