using System.Data.Common;
using System.Text.Json;
using Hexabase.Portal.Costs.Focus;

namespace Hexabase.Portal.Costs.Allocation;

/// <summary>The columns of one key that rules look at.</summary>
internal sealed class AllocationKey
{
    private readonly Dictionary<FocusColumn, string?> _values = [];
    private Dictionary<string, string?>? _tags;

    /// <param name="columns">What stands in the reader from its second column on.</param>
    public AllocationKey(long id, FocusColumn[] columns, DbDataReader reader)
    {
        Id = id;
        for (var i = 0; i < columns.Length; i++) _values[columns[i]] = reader.IsDBNull(i + 1) ? null : reader.GetString(i + 1);
    }

    public long Id { get; }

    public string? Value(AllocationCondition condition)
    {
        if (condition.Column is { } column) return _values[column];
        _tags ??= Read(_values.GetValueOrDefault(FocusColumn.Tags));
        return condition.Tag is { } tag ? _tags.GetValueOrDefault(tag) : null;
    }

    /// <summary>Values that are no text as they are written; null stays null.</summary>
    private static Dictionary<string, string?> Read(string? json)
    {
        var tags = new Dictionary<string, string?>(StringComparer.Ordinal);
        if (json is null) return tags;
        using var document = JsonDocument.Parse(json);
        foreach (var tag in document.RootElement.EnumerateObject())
        {
            tags[tag.Name] = tag.Value.ValueKind switch
            {
                JsonValueKind.Null => null,
                JsonValueKind.String => tag.Value.GetString(),
                _ => tag.Value.GetRawText(),
            };
        }

        return tags;
    }
}
