namespace Hexabase.Portal.Controls;

/// <summary>What a chart shows; sent once to the browser, and again only when it changed.</summary>
public enum ChartKind
{
    /// <summary>Bars on top of each other per label, an optional grey forecast with its range, event markers.</summary>
    Stacked,

    /// <summary>Budget burn: first series actual (a line, null after today), forecast band with middle line, limit.</summary>
    Burn,

    /// <summary>Areas by size: labels and the first series.</summary>
    Treemap,

    /// <summary>Days by colour: labels are ISO days; the first series has the values.</summary>
    Heat,

    /// <summary>From one total to another: the first and last value of the first series are totals, those between are differences.</summary>
    Waterfall,
}

/// <summary>One row of figures. <paramref name="Color"/> 1 to 8, the same for the same thing on every page; 0 is grey, for what nobody owns. Null values are unknown, not zero.</summary>
public sealed record ChartSeries(string Name, int Color, IReadOnlyList<double?> Values);

/// <summary>Forecast with its range, by label; null where there is none.</summary>
public sealed record ChartForecast(IReadOnlyList<double?> Low, IReadOnlyList<double?> Mid, IReadOnlyList<double?> High, int RangePercent = 80);

/// <summary>Something that moved the figures: the position of its label and a short word.</summary>
public sealed record ChartEvent(int At, string Word, string? Href = null);

/// <summary>A chart's content. Labels are ISO days (2026-11-19), ISO months (2026-11), or words; the browser writes days in the viewer's language.</summary>
public sealed record ChartData(ChartKind Kind, IReadOnlyList<string> Labels, IReadOnlyList<ChartSeries> Series)
{
    /// <summary>ISO 4217; null for plain numbers.</summary>
    public string? Currency { get; init; }

    /// <summary>Colours of the single labels (treemap), 0 to 8.</summary>
    public IReadOnlyList<int> Colors { get; init; } = [];

    public ChartForecast? Forecast { get; init; }

    public IReadOnlyList<ChartEvent> Events { get; init; } = [];

    /// <summary>A horizontal line: the budget.</summary>
    public double? Limit { get; init; }

    public bool IsEmpty => Labels.Count == 0 || !Series.Any(series => series.Values.Any(value => value is not null));
}
