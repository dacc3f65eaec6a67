using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json;

namespace Hexabase.Portal.Shell;

/// <summary>
/// Every sentence of the portal, merged once at start from the embedded files <c>&lt;Slice&gt;/Text.en.json</c> and <c>Text.ja.json</c>
/// (flat objects, key <c>area.key</c>). A key that two files define is a mistake of the build and stops the start.
/// </summary>
public sealed class TextCatalog
{
    private readonly FrozenDictionary<string, FrozenDictionary<string, string>> _languages;

    private TextCatalog(FrozenDictionary<string, FrozenDictionary<string, string>> languages) => _languages = languages;

    /// <summary>All keys of one language.</summary>
    public IReadOnlyDictionary<string, string> Of(string language) => _languages[language];

    /// <summary>The sentence, in English where the language lacks it; null where nobody wrote it.</summary>
    public string? Find(string language, string key) =>
        _languages.TryGetValue(language, out var texts) && texts.TryGetValue(key, out var text) ? text
        : _languages[Viewer.Languages[0]].GetValueOrDefault(key);

    /// <exception cref="InvalidOperationException">A key is defined twice, or a file is not a flat object of strings.</exception>
    public static TextCatalog Load(params IEnumerable<Assembly> assemblies)
    {
        var files = from assembly in assemblies
                    from name in assembly.GetManifestResourceNames()
                    where name.EndsWith(".json", StringComparison.Ordinal) && name.Contains("Text.", StringComparison.Ordinal)
                    select (Name: name, Json: Read(assembly, name));
        return Merge(files);
    }

    /// <summary>Merges files given as (name ending in <c>Text.&lt;language&gt;.json</c>, content).</summary>
    public static TextCatalog Merge(IEnumerable<(string Name, string Json)> files)
    {
        var merged = Viewer.Languages.ToDictionary(language => language, _ => new Dictionary<string, string>(StringComparer.Ordinal), StringComparer.Ordinal);
        foreach (var (name, json) in files)
        {
            var language = name.Split('.')[^2];
            if (!merged.TryGetValue(language, out var texts)) throw new InvalidOperationException($"{name}: the portal does not speak '{language}'.");
            foreach (var property in JsonDocument.Parse(json, new() { CommentHandling = JsonCommentHandling.Skip }).RootElement.EnumerateObject())
            {
                if (property.Value.ValueKind != JsonValueKind.String) throw new InvalidOperationException($"{name}: '{property.Name}' is not a text.");
                if (!texts.TryAdd(property.Name, property.Value.GetString() ?? "")) throw new InvalidOperationException($"{name}: '{property.Name}' is defined twice.");
            }
        }

        return new(merged.ToFrozenDictionary(pair => pair.Key, pair => pair.Value.ToFrozenDictionary(StringComparer.Ordinal), StringComparer.Ordinal));
    }

    private static string Read(Assembly assembly, string name)
    {
        using var stream = assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} cannot be opened.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
