using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Hexabase.Portal.Costs.Reports;

/// <summary>The keys of a report's row: few, in the order asked for, their names shared by all rows of the report.</summary>
internal sealed class CostRowKeys(string[] names, string?[] values) : IReadOnlyDictionary<string, string?>
{
    public int Count => names.Length;

    public IEnumerable<string> Keys => names;

    public IEnumerable<string?> Values => values;

    public string? this[string key] => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException($"The report is not grouped by '{key}'.");

    public bool ContainsKey(string key) => Array.IndexOf(names, key) >= 0;

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out string? value)
    {
        var at = Array.IndexOf(names, key);
        value = at < 0 ? null : values[at];
        return at >= 0;
    }

    public IEnumerator<KeyValuePair<string, string?>> GetEnumerator()
    {
        for (var i = 0; i < names.Length; i++) yield return new(names[i], values[i]);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>By the values in order, bytes of their UTF-16; null first.</summary>
    public int CompareTo(CostRowKeys other)
    {
        var order = 0;
        for (var i = 0; order == 0 && i < values.Length; i++) order = string.CompareOrdinal(values[i], other.ValueAt(i));
        return order;
    }

    private string? ValueAt(int index) => values[index];
}
