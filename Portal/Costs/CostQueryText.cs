using System.Globalization;
using Hexabase.Portal.Costs.Reports;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Costs;

/// <summary>A cost query as it stands in an address: <c>from, to, metric, groupBy, granularity, where, currency</c>.</summary>
internal static class CostQueryText
{
    public static readonly IReadOnlyList<(string Word, CostMetric Metric)> Metrics =
        [("billed", CostMetric.Billed), ("effective", CostMetric.Effective), ("contracted", CostMetric.Contracted), ("list", CostMetric.List)];

    public static readonly IReadOnlyList<(string Word, CostGranularity Granularity)> Granularities =
        [("total", CostGranularity.Total), ("day", CostGranularity.Day), ("month", CostGranularity.Month), ("quarter", CostGranularity.Quarter), ("fiscalYear", CostGranularity.FiscalYear)];

    public static string Word(CostMetric metric) => Metrics.First(m => m.Metric == metric).Word;

    public static CostMetric? Metric(string? word) => Metrics.Where(m => m.Word == word).Select(m => (CostMetric?)m.Metric).FirstOrDefault();

    public static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static DateOnly? Day(string? text) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    /// <summary>What a request asks for; each parameter that cannot be read is an error of its own (400).</summary>
    public static Result<CostQuery> Read(IQueryCollection query)
    {
        var errors = new List<FieldError>();
        var (from, to) = (ReadDay(query, "from", errors), ReadDay(query, "to", errors));
        var metric = ReadWord(query, "metric", "billed", Metrics.Select(m => m.Word), errors);
        var granularity = ReadWord(query, "granularity", "total", Granularities.Select(g => g.Word), errors);
        if (errors.Count > 0) return new Problem(ProblemKind.Malformed, "query.malformed", errors.Count == 1 ? errors[0].Message : $"{errors.Count} parameters cannot be read.", errors);
        var currency = query["currency"].ToString();
        return new CostQuery(
            from, to, Metrics.First(m => m.Word == metric).Metric, Values(query, "groupBy"), Granularities.First(g => g.Word == granularity).Granularity, Values(query, "where"), currency.Length > 0 ? currency : null);
    }

    /// <summary>The query as the part of an address behind the question mark.</summary>
    public static string Write(CostQuery query)
    {
        var parts = new List<string> { $"from={Day(query.From)}", $"to={Day(query.To)}", $"metric={Word(query.Metric)}", $"granularity={Granularities.First(g => g.Granularity == query.Granularity).Word}" };
        parts.AddRange((query.GroupBy ?? []).Select(g => "groupBy=" + Uri.EscapeDataString(g)));
        parts.AddRange((query.Where ?? []).Select(w => "where=" + Uri.EscapeDataString(w)));
        if (query.Currency is { } currency) parts.Add("currency=" + Uri.EscapeDataString(currency));
        return string.Join('&', parts);
    }

    public static DateOnly ReadDay(IQueryCollection query, string name, List<FieldError> errors)
    {
        var text = query[name].ToString();
        if (Day(text) is { } day) return day;
        errors.Add(text.Length == 0
            ? new FieldError(name, "query.required", $"{name} is missing: a day such as 2026-01-31.", Args: [name])
            : new FieldError(name, "query.day", $"{name} is not a day in the form 2026-01-31.", Args: [name]));
        return default;
    }

    public static string ReadWord(IQueryCollection query, string name, string otherwise, IEnumerable<string> words, List<FieldError> errors)
    {
        var text = query[name].ToString();
        if (text.Length == 0) return otherwise;
        var all = words.ToList();
        if (all.Contains(text, StringComparer.Ordinal)) return text;
        errors.Add(new FieldError(name, "query.word", $"{name} is one of: {string.Join(", ", all)}.", Args: [name]));
        return otherwise;
    }

    private static List<string> Values(IQueryCollection query, string name) => [.. query[name].OfType<string>().Where(v => v.Length > 0)];
}
