using System.Globalization;
using Hexabase.Portal.Costs.Reports;
using Hexabase.Portal.Hosting;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Costs;

/// <summary>Cost reports and the lines behind them.</summary>
internal static class CostsApi
{
    public static void MapCosts(this RouteGroupBuilder api)
    {
        api.MapGet("/organizations/{org}/costs", ReportAsync).WithName("getCosts").WithSummary("Costs by metric, dimensions and period; from and to are UTC charge days, to is exclusive").WithTags("Costs");
        api.MapGet("/organizations/{org}/cost-lines", LinesAsync).WithName("listCostLines").WithSummary("The bill lines behind a figure").WithTags("Costs");
    }

    private static Task<IResult> ReportAsync(string org, ApiCall call)
    {
        var errors = new List<FieldError>();
        var query = new CostQuery(
            Day(call, "from", errors), Day(call, "to", errors), Word(call, "metric", CostMetric.Billed, errors), Texts(call, "groupBy"), Word(call, "granularity", CostGranularity.Total, errors),
            Texts(call, "where"), call.Http.Request.Query["currency"].ToString() is { Length: > 0 } currency ? currency : null);
        return errors.Count > 0 ? Task.FromResult(Malformed(call, errors)) : call.AskAsync(new GetCosts(org, query), r => r);
    }

    private static Task<IResult> LinesAsync(string org, Guid? import, ApiCall call)
    {
        var errors = new List<FieldError>();
        var filter = new CostLineFilter(Day(call, "from", errors), Day(call, "to", errors), Texts(call, "where"), import);
        return errors.Count > 0 ? Task.FromResult(Malformed(call, errors)) : call.ListAsync(page => new ListCostLines(org, filter, page), l => l);
    }

    private static IResult Malformed(ApiCall call, List<FieldError> errors) => call.Refuse(new Problem(ProblemKind.Malformed, "query.malformed", errors[0].Message, errors));

    private static List<string>? Texts(ApiCall call, string name)
    {
        var values = call.Http.Request.Query[name].OfType<string>().Where(v => v.Length > 0).ToList();
        return values.Count == 0 ? null : values;
    }

    private static DateOnly Day(ApiCall call, string name, List<FieldError> errors)
    {
        if (DateOnly.TryParseExact(call.Http.Request.Query[name].ToString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)) return day;
        errors.Add(new FieldError(name, "date.malformed", $"{name} is a day such as 2026-01-31."));
        return default;
    }

    internal static T Word<T>(ApiCall call, string name, T fallback, List<FieldError> errors)
        where T : struct, Enum
    {
        var text = call.Http.Request.Query[name].ToString();
        if (text.Length == 0) return fallback;
        foreach (var value in Enum.GetValues<T>())
        {
            var word = value.ToString();
            if (text == char.ToLowerInvariant(word[0]) + word[1..]) return value;
        }

        errors.Add(new FieldError(name, "word.unknown", $"{name} is one of {string.Join(", ", Enum.GetNames<T>().Select(n => char.ToLowerInvariant(n[0]) + n[1..]))}."));
        return fallback;
    }
}
