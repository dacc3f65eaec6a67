using Hexabase.Portal.Controls;
using Hexabase.Portal.Costs.Reports;
using Hexabase.Portal.Kernel;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Costs;

/// <summary>The sentence above the explorer: period, comparison, dimension, filters, metric, currency. All of it is the address.</summary>
public sealed partial class CostFilters
{
    private const int MostValues = 200;
    private const int MostKeys = 20;
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private IReadOnlyList<string> _keys = [];
    private string? _adding;
    private IReadOnlyList<FilterChip.Option> _values = [];

    [Parameter, EditorRequired] public required UtcRange Period { get; set; }

    [Parameter, EditorRequired] public required UtcRange? Before { get; set; }

    [Parameter, EditorRequired] public required string Currency { get; set; }

    [Parameter, EditorRequired] public required IReadOnlyList<string> Currencies { get; set; }

    /// <summary>First month of the fiscal year, 1 to 12.</summary>
    [Parameter] public int FiscalYearStartMonth { get; set; } = 1;

    [Parameter, EditorRequired] public required CostMetric Metric { get; set; }

    [Parameter, EditorRequired] public required string By { get; set; }

    [Parameter, EditorRequired] public required IReadOnlyList<string> Where { get; set; }

    /// <summary>"Previous", "Year" or "None".</summary>
    [Parameter, EditorRequired] public required string Against { get; set; }

    private DateOnly Last => Period.To.AddDays(-1);

    private IReadOnlyList<(string Text, UtcRange Period)> Presets
    {
        get
        {
            var month = UtcRange.Month(Last);
            var year = new DateOnly(Last.Month >= FiscalYearStartMonth ? Last.Year : Last.Year - 1, FiscalYearStartMonth, 1);
            return
            [
                (T["costs.preset.month"], month),
                (T["costs.preset.before"], UtcRange.Month(month.From.AddDays(-1))),
                (T["costs.preset.quarter"], new UtcRange(month.From.AddMonths(-2), month.To)),
                (T["costs.preset.year"], new UtcRange(month.From.AddMonths(-11), month.To)),
                (T["costs.preset.fiscalYear"], new UtcRange(year, month.To)),
            ];
        }
    }

    private IReadOnlyList<FilterChip.Option> AgainstOptions => [.. Enum.GetNames<CostAgainst>().Select(a => new FilterChip.Option(a, T[$"costs.against.{a}"], a == Against))];

    private IReadOnlyList<FilterChip.Option> MetricOptions => [.. CostQueryText.Metrics.Select(m => new FilterChip.Option(m.Word, T[$"costs.metric.{m.Metric}"], m.Metric == Metric))];

    private IReadOnlyList<FilterChip.Option> AddOptions => [.. CostDimensions.Named.Concat(_keys).Select(d => new FilterChip.Option(d, CostDimensions.Word(T, d)))];

    private IReadOnlyList<(string, string)> CurrencyOptions => [.. Currencies.Select(c => (c, c))];

    protected override async Task OnInitializedAsync()
    {
        var keys = new List<string>();
        foreach (var kind in new[] { "tag", "label" })
            keys.AddRange((await AskAsync(new ListDimensionValues(Org, kind, null, MostKeys)) ?? []).Select(k => $"{kind}:{k.Value}"));
        _keys = keys;
        // Places stand in the address by their slugs; people read names.
        foreach (var dimension in Where.Select(w => CostDimensions.Split(w)?.Dimension).OfType<string>().Where(d => d is "businessUnit" or "workspace" or "project").Distinct()) await LoadAsync(dimension);
    }

    private async Task<IReadOnlyList<DimensionValue>> LoadAsync(string dimension)
    {
        var values = await AskAsync(new ListDimensionValues(Org, dimension, null, MostValues)) ?? [];
        foreach (var value in values) _names[$"{dimension}={value.Value}"] = value.Name;
        return values;
    }

    private async Task StartAsync(string dimension)
    {
        var values = await LoadAsync(dimension);
        _values = [.. values.Select(v => new FilterChip.Option(v.Value, ValueWord(dimension, v.Value))), new FilterChip.Option("", CostDimensions.Nameless(T, dimension))];
        _adding = dimension;
    }

    private string ValueWord(string dimension, string value) => _names.TryGetValue($"{dimension}={value}", out var name) && name != value ? name : CostDimensions.Value(T, dimension, value);

    private void Add(string dimension, string value)
    {
        _adding = null;
        Go("where", Where.Append($"{dimension}={value}").Distinct(StringComparer.Ordinal).ToArray());
    }

    private void Remove(string filter) => Go("where", Where.Where(w => w != filter).ToArray());

    private void SetPeriod(UtcRange period) => Go(new Dictionary<string, object?> { ["from"] = CostQueryText.Day(period.From), ["to"] = CostQueryText.Day(period.To), ["step"] = null });

    private void SetDays(DateOnly? first, DateOnly? last)
    {
        if (first is not { } from || last is not { } to) return;
        SetPeriod(from <= to ? new UtcRange(from, to.AddDays(1)) : new UtcRange(to, from.AddDays(1)));
    }

    private void Go(string name, object? value) => Go(new Dictionary<string, object?> { [name] = value });

    private void Go(IReadOnlyDictionary<string, object?> values) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(values));
}
