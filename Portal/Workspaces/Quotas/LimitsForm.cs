using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Workspaces.Quotas;

/// <summary>Limits while they are edited, one line a resource, as text with units.</summary>
public sealed class LimitsForm
{
    private LimitsForm(List<Line> lines) => Lines = lines;

    public List<Line> Lines { get; }

    /// <param name="limits">Resource → limit; every known resource gets a line.</param>
    public static LimitsForm Of(IEnumerable<KeyValuePair<string, long?>> limits)
    {
        var of = limits.ToDictionary(l => l.Key, l => l.Value, StringComparer.Ordinal);
        return new LimitsForm([.. QuotaWords.Order(QuotaResources.Known.Keys.Concat(of.Where(l => l.Value is not null).Select(l => l.Key))).Select(r => new Line { Resource = r, IsFixed = true, Text = QuotaText.Write(r, of.GetValueOrDefault(r)) })]);
    }

    /// <summary>The limits in the resources' own units; a problem with the lines that cannot be read.</summary>
    public Result<IReadOnlyDictionary<string, long?>> Read()
    {
        var limits = new Dictionary<string, long?>(StringComparer.Ordinal);
        var errors = new List<FieldError>();
        foreach (var line in Lines.Where(l => !string.IsNullOrWhiteSpace(l.Resource)))
        {
            var resource = line.Resource.Trim();
            if (!QuotaText.TryRead(resource, line.Text, out var limit)) errors.Add(new FieldError(resource, "quota.unreadable", $"'{line.Text}' is no figure for {resource}: write a number and a unit, such as 64 GiB.", Args: [line.Text]));
            else if (!limits.TryAdd(resource, limit)) errors.Add(new FieldError(resource, "quota.twice", $"{resource} stands twice.", Args: [resource]));
        }

        return errors.Count > 0 ? Problem.Invalid(errors) : limits;
    }

    public sealed class Line
    {
        public string Resource { get; set; } = "";

        public string? Text { get; set; }

        /// <summary>The resource's name is given, not typed.</summary>
        public bool IsFixed { get; init; }
    }
}
