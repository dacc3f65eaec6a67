using Hexabase.Portal.Costs.Focus;
using Hexabase.Portal.Costs.Storage;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Costs.Imports;

/// <summary>
/// Adds lines up by slice, day, key and matched predicates while they are loaded. Bounded: what does not fit is stored and begun anew, and a sum that would
/// leave the range of a column gets a second row. The rows are invisible until their slices are active.
/// </summary>
internal sealed class DailyTotals(PortalDatabase database, Guid organizationId)
{
    public const int MaxEntries = 20_000;
    private const int BatchSize = 10_000;

    // The range of numeric(38,18).
    private static readonly Int128 Limit = Amount.Pow10(38);

    private static readonly string[] Columns =
    [
        "slice_id bigint", "day date", "key_id bigint", "matched text", "billed numeric", "effective numeric", "contracted numeric", "list numeric", "consumed numeric", "line_count bigint",
    ];

    private static readonly string Names = string.Join(", ", Columns.Select(c => c[..c.IndexOf(' ', StringComparison.Ordinal)]));

    private readonly Dictionary<TotalKey, Total> _totals = [];
    private readonly List<(CostKeyEntry Key, int Day, string Matched, Total Total)> _full = [];
    private readonly Dictionary<string, WideAmount[]> _currencies = new(StringComparer.Ordinal);

    public bool IsFull => _totals.Count + _full.Count >= MaxEntries;

    /// <summary>The four metrics of everything stored so far, by currency.</summary>
    public IReadOnlyDictionary<string, WideAmount[]> Currencies => _currencies;

    public void Add(CostKeyEntry key, int day, string matched, FocusRow row)
    {
        ref var slot = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_totals, new TotalKey(key, day, matched), out var known);
        if (!known || slot is null) slot = new Total();
        if (!slot.TryAdd(row))
        {
            _full.Add((key, day, matched, slot));
            slot = new Total();
            slot.TryAdd(row);
        }
    }

    /// <summary>Stores what was added up and forgets it. All keys must have ids.</summary>
    public async Task FlushAsync(IReadOnlyList<CostSliceTotal> slices, CancellationToken cancellationToken)
    {
        var rows = _totals.Select(t => (t.Key.Key, t.Key.Day, t.Key.Matched, Total: t.Value)).Concat(_full);
        foreach (var batch in rows.Chunk(BatchSize))
        {
            foreach (var (key, _, _, total) in batch) Count(slices[key.Slice].Currencies[key.Currency], total);
            await using var open = await database.OpenAsync(DataScope.Of(organizationId), forWriting: true, cancellationToken);
            var db = new CostDb(open.Db);
            var staged = await db.StageAsync("new_daily", Columns, batch, (target, row) => Write(target, slices[row.Key.Slice].Id, row.Key.Id, row.Day, row.Matched, row.Total), cancellationToken);
            await db.ExecuteAsync($"INSERT INTO cost_daily (organization_id, {Names}) SELECT @org, {Names} FROM {staged.From}", cancellationToken, staged.Parameters);
            await open.CommitAsync(cancellationToken);
        }

        _totals.Clear();
        _full.Clear();
    }

    private void Count(string currency, Total total)
    {
        if (!_currencies.TryGetValue(currency, out var sums)) _currencies[currency] = sums = new WideAmount[4];
        sums[0] += new Amount(total.Billed);
        sums[1] += new Amount(total.Effective);
        sums[2] += new Amount(total.Contracted);
        sums[3] += new Amount(total.List);
    }

    private static void Write(RowWriter target, long slice, long key, int day, string matched, Total total)
    {
        target.Begin();
        target.Number(slice);
        target.Day(day);
        target.Number(key);
        target.Word(matched);
        target.Exact(total.Billed);
        target.Exact(total.Effective);
        target.Exact(total.Contracted);
        target.Exact(total.List);
        target.Exact(total.Consumed);
        target.Number(total.Lines);
    }

    // Entries are compared by reference and texts are shared, so that looking up neither hashes nor compares a text.
    private readonly struct TotalKey(CostKeyEntry key, int day, string matched) : IEquatable<TotalKey>
    {
        public CostKeyEntry Key => key;

        public int Day => day;

        public string Matched => matched;

        public bool Equals(TotalKey other) => ReferenceEquals(key, other.Key) && day == other.Day && string.Equals(matched, other.Matched, StringComparison.Ordinal);

        public override bool Equals(object? obj) => obj is TotalKey other && Equals(other);

        public override int GetHashCode() => (int)key.Hash ^ (day * -1_640_531_527) ^ matched.Length;
    }

    private sealed class Total
    {
        public Int128 Billed;
        public Int128 Effective;
        public Int128 Contracted;
        public Int128 List;
        public Int128 Consumed;
        public long Lines;

        /// <summary>False, with nothing added, where a sum would leave the range.</summary>
        public bool TryAdd(FocusRow row)
        {
            var billed = row.Number(FocusColumn.BilledCost).Atto;
            var effective = row.Number(FocusColumn.EffectiveCost).Atto;
            var contracted = row.Number(FocusColumn.ContractedCost).Atto;
            var list = row.Number(FocusColumn.ListCost).Atto;
            var consumed = row.Number(FocusColumn.ConsumedQuantity).Atto;
            if (!Fits(Billed, billed) || !Fits(Effective, effective) || !Fits(Contracted, contracted) || !Fits(List, list) || !Fits(Consumed, consumed)) return false;
            Billed += billed;
            Effective += effective;
            Contracted += contracted;
            List += list;
            Consumed += consumed;
            Lines++;
            return true;
        }

        private static bool Fits(Int128 a, Int128 b) => b >= 0 ? a < Limit - b : a > -Limit - b;
    }
}

/// <summary>What an import met of one provider, billing account and billing period.</summary>
internal sealed class CostSliceTotal(long id, string? provider, string? account, DateTime periodStart)
{
    public long Id => id;

    public string? Provider => provider;

    public string? BillingAccountId => account;

    public DateTime BillingPeriodStart => periodStart;

    public int FirstDay { get; private set; } = int.MaxValue;

    public int LastDay { get; private set; } = int.MinValue;

    public long Lines { get; private set; }

    public List<string> Currencies { get; } = [];

    public void Add(int day)
    {
        if (day < FirstDay) FirstDay = day;
        if (day > LastDay) LastDay = day;
        Lines++;
    }
}
