using System.Globalization;
using Hexabase.Portal.Controls;
using Hexabase.Portal.Costs.Reports;
using Hexabase.Portal.Kernel;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Costs;

/// <summary>A month's bill by business unit, workspace and project: what is charged on, with markup and its contra line; the rows add up to the bills.</summary>
public sealed partial class CostReportPage
{
    private static readonly DateOnly FirstDay = new(1970, 1, 1);
    private static readonly DateOnly LastDay = new(2200, 12, 31);
    private CostStatementReport? _report;
    private IReadOnlyList<StatementLine> _rows = [];
    private IReadOnlyList<DateOnly> _months = [];
    private IReadOnlyList<string> _currencies = [];
    private DateOnly _month;
    private WideAmount _total;
    private WideAmount _unallocated;
    private WideAmount _markup;
    private bool _equals;

    [SupplyParameterFromQuery(Name = "month")] public string? MonthText { get; set; }

    [SupplyParameterFromQuery(Name = "metric")] public string? MetricText { get; set; }

    [SupplyParameterFromQuery(Name = "currency")] public string? CurrencyText { get; set; }

    [Inject] private TimeProvider Clock { get; set; } = default!;

    protected override IReadOnlyCollection<string> Topics => [LiveTopic.Costs];

    private CostMetric Metric => CostQueryText.Metric(MetricText) ?? CostMetric.Billed;

    private string Currency => CurrencyText is { } asked && _currencies.Contains(asked) ? asked : _currencies.Contains(Tenant?.Currency ?? "") || _currencies.Count == 0 ? Tenant?.Currency ?? "" : _currencies[0];

    private IReadOnlyList<FilterChip.Option> MonthOptions => [.. _months.Select(m => new FilterChip.Option(Text(m), Display.Month(m), m == _month))];

    private IReadOnlyList<FilterChip.Option> MetricOptions => [.. CostQueryText.Metrics.Select(m => new FilterChip.Option(m.Word, T[$"costs.metric.{m.Metric}"], m.Metric == Metric))];

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        var org = Org ?? "";
        if (await AskAsync(new GetCosts(org, new CostQuery(FirstDay, LastDay, Metric, null, CostGranularity.Month))) is not { } months) return;
        _months = [.. months.Rows.Select(r => r.PeriodStart).OfType<DateOnly>().Distinct().OrderDescending()];
        _month = DateOnly.TryParseExact(MonthText, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out var asked) ? asked
            : _months.Count > 0 ? _months[0] : UtcRange.Month(DateOnly.FromDateTime(Clock.GetUtcNow().UtcDateTime)).From;
        if (await AskAsync(new GetCostStatement(org, _month, _month.AddMonths(1), Metric)) is not { } report) return;
        var unallocated = await AskAsync(new ListUnallocated(org, _month, _month.AddMonths(1), Metric)) ?? [];
        _report = report;
        _currencies = [.. report.Totals.Select(t => t.Currency)];
        var own = report.Rows.Where(r => r.Currency == Currency).ToList();
        _total = own.Select(r => r.Amount).Sum();
        _unallocated = own.Where(r => r.IsUnallocated).Select(r => r.Amount).Sum();
        _markup = own.Select(r => r.Markup).Sum();
        _equals = report.Bills.Totals.Where(t => t.Currency == Currency).Select(t => t.Amount).Sum() == _total;
        _rows = StatementLines.Of(own, [.. unallocated.Where(u => u.Amount.Currency == Currency)], new StatementWords(
            T["costs.unallocated"], T["statement.centersOnly"], T["statement.direct"], T["statement.contra"], T["costs.without"],
            u => T["statement.unallocatedNote", T[$"allocation.reason.{u.Reason}"], T.Plural("costs.oldest", u.AgeDays), u.Owner ?? T["costs.without"]]));
    }

    private static string Text(DateOnly month) => month.ToString("yyyy-MM", CultureInfo.InvariantCulture);

    private string ExportUrl(string format) =>
        $"/api/v1/organizations/{Org}/cost-report/export?from={CostQueryText.Day(_month)}&to={CostQueryText.Day(_month.AddMonths(1))}&metric={CostQueryText.Word(Metric)}&format={format}";

    private string Money(WideAmount amount) => Display.Money(new WideMoney(amount, Currency));

    private string Exact(WideAmount amount) => Display.Exact(new WideMoney(amount, Currency));

    private static RenderFragment Words(string words) => builder => builder.AddContent(0, words);

    private RenderFragment Cell(WideAmount amount) => builder =>
    {
        builder.OpenElement(0, "span");
        builder.AddAttribute(1, "class", "num");
        builder.AddAttribute(2, "title", Exact(amount));
        builder.AddContent(3, Display.Figure(new WideMoney(amount, Currency)));
        builder.CloseElement();
    };

    private void Go(string name, string? value) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameter(name, value), replace: true);
}
