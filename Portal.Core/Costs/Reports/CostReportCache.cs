using System.Globalization;
using System.Text;

namespace Hexabase.Portal.Costs.Reports;

/// <summary>The rows of a report and their sums by currency.</summary>
internal sealed record CostSums(IReadOnlyList<CostReportRow> Rows, IReadOnlyList<WideMoney> Total);

/// <summary>
/// Finished reports of this replica. A report is found by its organization, the revision of the organization's facts that the asking transaction sees, its
/// statement with all parameters and the names it shows; whatever changes the facts raises the revision in the same transaction. So an answer from here is
/// the answer of the database, on every replica, without anybody clearing anything. Bounded by rows; the least recently used go first.
/// </summary>
internal sealed class CostReportCache
{
    /// <summary>About 20 MB.</summary>
    public const int MaxRows = 60_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<(string Key, CostSums Sums)>> _entries = new(StringComparer.Ordinal);
    private readonly LinkedList<(string Key, CostSums Sums)> _recent = [];
    private int _rows;

    public static string KeyOf(Guid organizationId, long revision, string sql, IEnumerable<(string Name, object? Value)> parameters, string names)
    {
        var key = new StringBuilder(sql.Length + 200).Append(CultureInfo.InvariantCulture, $"{organizationId} {revision} {names} ").Append(sql);
        foreach (var (name, value) in parameters)
        {
            var text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
            // The length keeps values that hold what stands between two values apart.
            key.Append(CultureInfo.InvariantCulture, $" {name}:{text.Length}:{text}");
        }

        return key.ToString();
    }

    public CostSums? Find(string key)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(key, out var node)) return null;
            _recent.Remove(node);
            _recent.AddFirst(node);
            return node.Value.Sums;
        }
    }

    public void Add(string key, CostSums sums)
    {
        var size = SizeOf(sums);
        if (size > MaxRows / 4) return;
        lock (_lock)
        {
            if (_entries.ContainsKey(key)) return;
            _entries[key] = _recent.AddFirst((key, sums));
            _rows += size;
            while (_rows > MaxRows && _recent.Last is { } last)
            {
                _recent.RemoveLast();
                _entries.Remove(last.Value.Key);
                _rows -= SizeOf(last.Value.Sums);
            }
        }
    }

    // An entry weighs even without rows: its key is a statement.
    private static int SizeOf(CostSums sums) => sums.Rows.Count + 20;
}
