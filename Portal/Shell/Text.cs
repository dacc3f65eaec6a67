namespace Hexabase.Portal.Shell;

/// <summary>
/// The words of a page in its viewer's language: <c>@T["costs.title"]</c>, <c>@T["budgets.used", share]</c>, <c>@T.Plural("jobs.files", count)</c>.
/// Arguments are formatted with the viewer's culture. A key that nobody wrote is shown as it is (a test keeps that from happening).
/// </summary>
public sealed class Text(TextCatalog catalog, Viewer viewer)
{
    public string this[string key] => catalog.Find(viewer.Language, key) ?? key;

    public string this[string key, params ReadOnlySpan<object?> arguments] => string.Format(viewer.Culture, this[key], arguments);

    /// <summary>
    /// Picks <c>key.one</c> (for exactly 1, where the language has it) or <c>key.other</c>; the count is argument {0}, the others follow.
    /// Japanese has no plural and writes only <c>.other</c>.
    /// </summary>
    public string Plural(string key, long count, params ReadOnlySpan<object?> more)
    {
        var one = count == 1 && !viewer.IsJapanese ? catalog.Find(viewer.Language, key + ".one") : null;
        return string.Format(viewer.Culture, one ?? this[key + ".other"], [count.ToString("N0", viewer.Culture), .. more]);
    }

    /// <summary>True where the viewer's own language has the key: codes say in English what happened by themselves.</summary>
    public bool IsWritten(string key) => catalog.Of(viewer.Language).ContainsKey(key);

    /// <summary>True where the key exists; for words that come as data, such as codes of problems.</summary>
    public bool Has(string key) => catalog.Find(viewer.Language, key) is not null;
}
