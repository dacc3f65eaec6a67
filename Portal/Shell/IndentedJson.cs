using System.Text.Encodings.Web;
using System.Text.Json;

namespace Hexabase.Portal.Shell;

/// <summary>JSON for people to read: indented, characters of every language as they are.</summary>
internal static class IndentedJson
{
    private static readonly JsonSerializerOptions Options = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of<T>(T value) => JsonSerializer.Serialize(value, Options);

    /// <param name="json">JSON in any layout.</param>
    public static string Again(string json) => Of(JsonElement.Parse(json));
}
