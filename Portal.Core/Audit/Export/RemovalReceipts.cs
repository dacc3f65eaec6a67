namespace Hexabase.Portal.Audit.Export;

/// <summary>The receipts of a bundle that hold up, against the entries that are gone. Receipts of several classes overlap: those that touch each other are counted together.</summary>
internal sealed class RemovalReceipts
{
    private readonly List<Stretch> _stretches = [];

    public RemovalReceipts(IEnumerable<ReceiptLine> receipts)
    {
        foreach (var receipt in receipts.OrderBy(r => r.From))
        {
            if (_stretches is [.., { } last] && receipt.From < last.To) (last.To, last.Entries) = (Math.Max(last.To, receipt.To), last.Entries + receipt.Entries);
            else _stretches.Add(new Stretch { From = receipt.From, To = receipt.To, Entries = receipt.Entries });
        }
    }

    /// <summary>Takes a run of removed entries; answers what of it no receipt covers.</summary>
    public IEnumerable<(long From, long To)> Take(long from, long to)
    {
        foreach (var stretch in _stretches.Where(s => s.To > from && s.From < to))
        {
            if (stretch.From > from) yield return (from, stretch.From);
            var until = Math.Min(to, stretch.To);
            stretch.Removed += until - Math.Max(from, stretch.From);
            from = until;
        }

        if (from < to) yield return (from, to);
    }

    /// <summary>Where receipts and removed entries differ in number: more are gone than counted, or, where the range holds all of a stretch, fewer.</summary>
    public IEnumerable<(long From, long To, long Entries, long Removed)> Differences(long from, long to) =>
        _stretches.Where(s => s.Removed > s.Entries || (s.Removed < s.Entries && s.From >= from && s.To <= to)).Select(s => (s.From, s.To, s.Entries, s.Removed));

    private sealed class Stretch
    {
        public required long From { get; init; }

        public required long To { get; set; }

        public required long Entries { get; set; }

        public long Removed { get; set; }
    }
}
