namespace Hexabase.Portal.Workspaces;

/// <summary>Labels while they are edited: a list of lines, required keys first.</summary>
public sealed class LabelsForm
{
    private LabelsForm(List<Line> lines) => Lines = lines;

    public List<Line> Lines { get; }

    public static LabelsForm Of(IReadOnlyDictionary<string, string> labels, IReadOnlyList<LabelKeyRow> catalogue)
    {
        var lines = catalogue.Where(k => k.Required || labels.ContainsKey(k.Key)).OrderByDescending(k => k.Required)
            .Select(k => new Line { Key = k.Key, Value = labels.GetValueOrDefault(k.Key, ""), Known = k }).ToList();
        lines.AddRange(labels.Where(l => lines.TrueForAll(x => x.Key != l.Key)).Select(l => new Line { Key = l.Key, Value = l.Value }));
        return new LabelsForm(lines);
    }

    /// <summary>The labels as typed; lines without key and value are left out, a key that stands twice keeps the last value.</summary>
    public IReadOnlyDictionary<string, string> Labels
    {
        get
        {
            var labels = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var line in Lines.Where(l => !string.IsNullOrWhiteSpace(l.Key) && (!string.IsNullOrWhiteSpace(l.Value) || l.Known is null))) labels[line.Key.Trim()] = line.Value?.Trim() ?? "";
            return labels;
        }
    }

    public sealed class Line
    {
        public string Key { get; set; } = "";

        public string? Value { get; set; } = "";

        /// <summary>Set where the organization's catalogue holds the key.</summary>
        public LabelKeyRow? Known { get; init; }
    }
}
