using System.Text.Json;

namespace Hexabase.Portal.Kernel;

/// <summary>Enums as the lower-camel words of the API: "dedicatedNodes".</summary>
public static class Words
{
    public static string Of<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    public static bool TryParse<T>(string? word, out T value)
        where T : struct, Enum
    {
        foreach (var candidate in Enum.GetValues<T>())
        {
            value = candidate;
            if (Of(candidate) == word) return true;
        }

        value = default;
        return false;
    }

    /// <summary>The word given, else the current value, else the default; without any of them an error.</summary>
    public static T Read<T>(string field, string? word, T? current, T? otherwise, List<FieldError> errors)
        where T : struct, Enum
    {
        if (word is null && (current ?? otherwise) is { } kept) return kept;
        if (TryParse<T>(word, out var value)) return value;
        var all = All<T>();
        errors.Add(new FieldError(field, $"{field}.unknown", $"{field} is one of: {all}.", Args: [all]));
        return default;
    }

    /// <summary>The word given, or the default where the text is empty; the error's code is "<paramref name="slice"/>.<paramref name="field"/>".</summary>
    public static T ReadOf<T>(string slice, string field, string? word, T? otherwise, List<FieldError> errors)
        where T : struct, Enum
    {
        if (string.IsNullOrEmpty(word) && otherwise is { } none) return none;
        if (TryParse<T>(word, out var value)) return value;
        errors.Add(new FieldError(field, $"{slice}.{field}", $"{field} is one of {All<T>()}."));
        return default;
    }

    private static string All<T>()
        where T : struct, Enum => string.Join(", ", Enum.GetValues<T>().Select(Of));
}
