using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Workspaces;

/// <summary>Free key/value labels: at most 64, keys of 63 and values of 255 visible characters in any script; stored as JSON with the keys sorted.</summary>
public static class LabelSet
{
    public const int MaxLabels = 64;
    public const int MaxKeyLength = 63;
    public const int MaxValueLength = 255;

    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Checks and writes labels; null = none. Errors are added with the field <c>labels</c> or <c>labels.KEY</c>.</summary>
    internal static string Check(IReadOnlyDictionary<string, string>? labels, IReadOnlyList<LabelKey> catalogue, List<FieldError> errors)
    {
        var clean = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in labels ?? new Dictionary<string, string>())
        {
            if (TextRule.Check("labels", key, MaxKeyLength, out var cleanKey) is { } keyError) errors.Add(keyError);
            else if (TextRule.Check($"labels.{cleanKey}", value, MaxValueLength, out var cleanValue, required: false) is { } valueError) errors.Add(valueError);
            else if (!clean.TryAdd(cleanKey, cleanValue)) errors.Add(new FieldError("labels", "labels.duplicate", $"labels holds the key {cleanKey} twice.", Args: [cleanKey]));
        }

        if (clean.Count > MaxLabels) errors.Add(new FieldError("labels", "labels.tooMany", $"At most {MaxLabels} labels fit.", Args: [MaxLabels]));
        foreach (var key in catalogue)
        {
            var value = clean.GetValueOrDefault(key.Key, "");
            if (key.IsRequired && value.Length == 0)
                errors.Add(new FieldError($"labels.{key.Key}", "labels.required", $"The organization requires the label {key.Key} on every workspace.", Args: [key.Key]));
            else if (value.Length > 0 && key.AllowedValues.Count > 0 && !key.AllowedValues.Contains(value, StringComparer.Ordinal))
                errors.Add(new FieldError($"labels.{key.Key}", "labels.value", $"The label {key.Key} takes one of: {string.Join(", ", key.AllowedValues)}.", Args: [key.Key, string.Join(", ", key.AllowedValues)]));
        }

        return Write(clean);
    }

    public static IReadOnlyDictionary<string, string> Read(string json) => JsonSerializer.Deserialize<SortedDictionary<string, string>>(json) ?? [];

    /// <summary>The text that a label has inside the stored JSON; quotes inside keys and values are escaped there, so a search for it is exact.</summary>
    internal static string Fragment(string key, string value) => $"{Quote(key)}:{Quote(value)}";

    private static string Write(SortedDictionary<string, string> labels) => $"{{{string.Join(',', labels.Select(l => Fragment(l.Key, l.Value)))}}}";

    private static string Quote(string text) => JsonValue.Create(text).ToJsonString(Json);
}
