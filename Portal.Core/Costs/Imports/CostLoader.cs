using System.Diagnostics;
using System.Globalization;
using System.Text;
using Hexabase.Portal.Costs.Allocation;
using Hexabase.Portal.Costs.Focus;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Costs.Imports;

/// <summary>How the reading of one file went.</summary>
internal sealed record CostLoad(
    long RowsRead, long RowsLoaded, long RowsRejected, string Sha256, string FocusVersion, IReadOnlyList<CostSliceTotal> Slices, IReadOnlyDictionary<string, WideAmount[]> Currencies,
    IReadOnlyList<JobMessage> Errors, IReadOnlyList<JobMessage> Warnings, long LastLineId);

/// <summary>
/// Reads one file and loads its lines and daily sums in constant memory. The lines lie in the writer's open transaction; the daily sums are stored but belong
/// to slices that nobody has activated.
/// </summary>
internal sealed class CostLoader(PortalDatabase database, Guid organizationId, long importNumber, bool skipBadRows, string rejectedPath, LinePredicates predicates, Func<double, string?, Task> report)
{
    public const int MaxErrors = 1000;
    private const int MaxSlices = 20_000;

    private readonly List<JobMessage> _errors = [];
    private readonly Dictionary<(string?, string?, DateTime), int> _sliceNumbers = [];
    private readonly List<CostSliceTotal> _slices = [];
    private readonly CostKeyCache _keys = new(database, organizationId);
    private readonly DailyTotals _totals = new(database, organizationId);
    private long _loaded;
    private long _rejected;
    private long _lastLine;

    public async Task<CostLoad> LoadAsync(Stream file, CostLineWriter writer, CancellationToken cancellationToken)
    {
        await using var reader = await FocusReader.OpenAsync(file, new FocusReadOptions(), cancellationToken);
        foreach (var issue in reader.Header.Issues) Fail(issue);
        var extra = new ExtraColumns(reader.Header);
        await using var rejected = new RejectedRows(rejectedPath, reader.Header);
        var matcher = new LineMatcher(predicates, reader.Header);
        var started = Stopwatch.GetTimestamp();
        while (_errors.Count < MaxErrors && await reader.ReadAsync(cancellationToken))
        {
            var row = reader.Current;
            if (row.HasErrors)
            {
                _rejected++;
                if (skipBadRows) await rejected.AddAsync(row, cancellationToken);
                else foreach (var issue in row.Errors) Fail(issue);
            }
            else if (_errors.Count == 0)
            {
                Take(row, writer, matcher, extra);
                if (!writer.IsFull) continue;
                await SendAsync(writer, cancellationToken);
                await report(file.Length == 0 ? 0 : 0.95 * reader.BytesRead / file.Length, Note(reader.RowsRead, started));
            }
        }

        if (reader.Fatal is { } fatal) Fail(fatal);
        if (_errors.Count == 0)
        {
            await SendAsync(writer, cancellationToken);
            await _totals.FlushAsync(_slices, cancellationToken);
        }

        return new CostLoad(reader.RowsRead, _loaded, _rejected, reader.ContentSha256, reader.Header.Version, _slices, _totals.Currencies, [.. _errors.Take(MaxErrors)],
            [.. reader.WarningCounts.Select(w => new JobMessage(w.FirstRow, w.Column, w.Code, w.Message, w.Count, w.Found))], _lastLine);
    }

    private void Take(FocusRow row, CostLineWriter writer, LineMatcher matcher, ExtraColumns extra)
    {
        var key = _keys.Find(row);
        if (key.Slice < 0) Place(key, row);
        var slice = _slices[key.Slice];
        var day = (int)(row.Time(FocusColumn.ChargePeriodStart).Ticks / TimeSpan.TicksPerDay);
        slice.Add(day);
        _lastLine = (importNumber << 32) | row.Row;
        writer.Add(_lastLine, key, slice.Id, row, extra.Encode(row));
        _totals.Add(key, day, matcher.Match(row), row);
        _loaded++;
    }

    private async ValueTask SendAsync(CostLineWriter writer, CancellationToken cancellationToken)
    {
        if (_keys.NewCount > 0) await _keys.ResolveAsync(cancellationToken);
        await writer.FlushAsync(cancellationToken);
        if (!_keys.IsFull && !_totals.IsFull) return;
        await _totals.FlushAsync(_slices, cancellationToken);
        if (_keys.IsFull) _keys.Clear();
    }

    /// <summary>Finds the slice of a key seen for the first time.</summary>
    private void Place(CostKeyEntry key, FocusRow row)
    {
        var id = (Text(row, FocusColumn.ProviderName), Text(row, FocusColumn.BillingAccountId), row.Time(FocusColumn.BillingPeriodStart));
        if (!_sliceNumbers.TryGetValue(id, out var number))
        {
            number = _sliceNumbers[id] = _slices.Count;
            _slices.Add(new CostSliceTotal((importNumber << 32) | (uint)number, id.Item1, id.Item2, id.Item3));
            if (_slices.Count > MaxSlices)
                _errors.Add(new JobMessage(row.Row, nameof(FocusColumn.BillingAccountId), "import.tooManySlices", $"The file has more than {MaxSlices} combinations of provider, billing account and billing period. Split it."));
        }

        key.Slice = number;
        var currencies = _slices[number].Currencies;
        var currency = Encoding.UTF8.GetString(row.Text(FocusColumn.BillingCurrency));
        key.Currency = currencies.IndexOf(currency);
        if (key.Currency >= 0) return;
        key.Currency = currencies.Count;
        currencies.Add(currency);
    }

    private void Fail(FocusIssue issue) => _errors.Add(new JobMessage(issue.Row, issue.Column, issue.Code, issue.Message, Found: issue.Found));

    private static string? Text(FocusRow row, FocusColumn column) => row.IsNull(column) ? null : Encoding.UTF8.GetString(row.Text(column));

    private static string Note(long rows, long started) =>
        string.Create(CultureInfo.InvariantCulture, $"{rows:N0} rows, {rows / Math.Max(0.001, Stopwatch.GetElapsedTime(started).TotalSeconds):N0} rows/s");
}
