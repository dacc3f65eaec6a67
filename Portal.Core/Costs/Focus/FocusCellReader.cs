using System.Text;
using Hexabase.Portal.Kernel;
using Plan = Hexabase.Portal.Costs.Focus.FocusRowReader.Plan;

namespace Hexabase.Portal.Costs.Focus;

/// <summary>Reads one cell by its column's type: the value into the row, or a finding.</summary>
internal sealed class FocusCellReader(FocusRow row)
{
    private readonly FocusJson _json = new();

    public void ReadNull(Plan plan, ref CsvCell cell)
    {
        cell.Length = 0;
        if (plan.AllowsNull) return;
        if (plan.Type == FocusColumnType.DateTime)
        {
            row.Fail(plan.Name, "focus.date.missing", $"{plan.Name} is null. FOCUS forbids it, and without the period a cost belongs to no day. Fill it in.");
        }
        else if (plan.Column == FocusColumn.BillingCurrency)
        {
            row.Fail(plan.Name, "focus.currency.missing", $"{plan.Name} is null. FOCUS forbids it, and without a currency a cost is no money. Fill in the ISO 4217 code.");
        }
        else
        {
            row.Warn(FocusWarning.NullForbidden, plan.Ordinal, cell);
        }
    }

    public void ReadNumber(Plan plan, CsvCell cell)
    {
        var text = cell.Span;
        var reading = AmountText.Read(text, out var amount);
        if (reading == AmountReading.Unreadable && text.Trim(" \t"u8) is var trimmed && trimmed.Length < text.Length)
        {
            text = trimmed;
            reading = AmountText.Read(text, out amount);
            if (reading is AmountReading.Exact or AmountReading.Rounded) row.Warn(FocusWarning.WhiteSpace, plan.Ordinal, cell);
        }

        row.Set(plan.Column, amount);
        if (reading == AmountReading.Exact)
        {
            if (text.Contains((byte)'+')) row.Warn(FocusWarning.NumberForm, plan.Ordinal, cell);
            return;
        }

        var kind = plan.Definition is { IsCost: true } ? "cost" : "number";
        var (code, rule) = reading switch
        {
            AmountReading.Rounded => ("decimals", "has more than 18 decimals, which cannot be kept exactly. Export costs with at most 18 decimals."),
            AmountReading.TooLarge => ("range", "has more than 20 whole digits. Correct the value."),
            AmountReading.NonFinite => ("nonFinite", "is no finite number. FOCUS NumericFormat allows an integer, a decimal or E notation. Correct the value."),
            _ => ("unreadable", "is no number. FOCUS NumericFormat allows an integer, a decimal or E notation, without currency signs, commas or spaces. Correct the value."),
        };
        if (reading == AmountReading.Rounded && kind == "number")
        {
            row.Warn(FocusWarning.NumberRounded, plan.Ordinal, cell);
            return;
        }

        row.Set(plan.Column, Amount.Zero);
        row.Fail(plan.Name, $"focus.{kind}.{code}", $"{plan.Name} is {FocusMessages.Show(cell.Span)}, which {rule}", FocusMessages.Show(cell.Span));
    }

    public void ReadTime(Plan plan, CsvCell cell)
    {
        var text = cell.Span;
        if (plan.LastTimeLength != text.Length || !text.SequenceEqual(plan.LastTime.AsSpan(0, plan.LastTimeLength)))
        {
            plan.LastTimeReading = FocusTime.Read(text, out var utc);
            if (plan.LastTimeReading == FocusTimeReading.Unreadable && text.Trim(" \t"u8) is var trimmed && trimmed.Length < text.Length)
            {
                plan.LastTimeReading = FocusTime.Read(trimmed, out utc);
                if (plan.LastTimeReading == FocusTimeReading.Exact) plan.LastTimeReading = FocusTimeReading.Form;
            }

            plan.LastTimeUtc = plan.LastTimeReading < FocusTimeReading.Range ? utc : default;
            plan.LastTimeLength = text.Length <= plan.LastTime.Length ? text.Length : 0;
            text[..plan.LastTimeLength].CopyTo(plan.LastTime);
        }

        row.Set(plan.Column, plan.LastTimeUtc);
        switch (plan.LastTimeReading)
        {
            case FocusTimeReading.Form:
                row.Warn(FocusWarning.DateForm, plan.Ordinal, cell);
                break;
            case FocusTimeReading.Offset:
                row.Warn(FocusWarning.DateOffset, plan.Ordinal, cell);
                break;
            case FocusTimeReading.Range:
                row.Fail(plan.Name, "focus.date.range", $"{plan.Name} is {FocusMessages.Show(text)}, outside the years 1970 to 2200. Correct the date.", FocusMessages.Show(text));
                break;
            case FocusTimeReading.Unreadable:
                row.Fail(plan.Name, "focus.date.unreadable", $"{plan.Name} is {FocusMessages.Show(text)}, which is no date-time. FOCUS DateTimeFormat is YYYY-MM-DDTHH:mm:ssZ (ISO 8601, UTC). Correct the value.", FocusMessages.Show(text));
                break;
            case FocusTimeReading.Exact:
                break;
        }
    }

    public bool TryCached(Plan plan, ref CsvCell cell)
    {
        if (plan.Cache is null || !plan.Cache.TryGet(cell.Span, out var value, out var length, out var notes)) return false;
        Take(plan, ref cell, value, length, notes);
        return true;
    }

    /// <summary>JSON, allowed values and currencies: what was made of the same bytes before, or made now.</summary>
    public void ReadCached(Plan plan, ref CsvCell cell)
    {
        if (plan.Type != FocusColumnType.Json && TryCached(plan, ref cell)) return;
        var notes = FocusCellNotes.None;
        byte[]? value;
        if (plan.Type == FocusColumnType.Json)
        {
            value = _json.Canonicalize(cell.Span, out notes, out var problem) is var json && problem is null ? json.ToArray() : null;
            if (value is null) row.Fail(plan.Name, "focus.json.invalid", $"{plan.Name} is {FocusMessages.Show(cell.Span)}, which is no JSON object: {problem}. FOCUS KeyValueFormat wants one, such as {{\"key\": \"value\"}}. Correct the value.", FocusMessages.Show(cell.Span));
        }
        else
        {
            value = Normalize(plan, cell.Span);
            if (value is null) Refuse(plan, cell.Span);
            else if (!cell.Span.SequenceEqual(value)) notes = FocusCellNotes.Spelling;
        }

        if (value is null) return;
        // The key is what stands in the file, so that the next row finds it before unescaping.
        plan.Cache?.Add(plan.Type == FocusColumnType.Json ? cell.Source : cell.Span, value, notes);
        Take(plan, ref cell, value, value.Length, notes);
    }

    private void Take(Plan plan, ref CsvCell cell, byte[] value, int length, FocusCellNotes notes)
    {
        if (notes != FocusCellNotes.None)
        {
            if ((notes & FocusCellNotes.Spelling) != 0) row.Warn(FocusWarning.ValueSpelling, plan.Ordinal, cell);
            if ((notes & FocusCellNotes.DuplicateKey) != 0) row.Warn(FocusWarning.JsonDuplicateKey, plan.Ordinal, cell);
            if ((notes & FocusCellNotes.NestedValue) != 0) row.Warn(FocusWarning.JsonNestedValue, plan.Ordinal, cell);
        }

        (cell.Array, cell.Start, cell.Length) = (value, 0, length);
    }

    private static byte[]? Normalize(Plan plan, ReadOnlySpan<byte> cell)
    {
        if (plan.Definition is not { } definition) return null;
        var text = Encoding.UTF8.GetString(cell);
        if (definition.Type == FocusColumnType.Allowed) return FocusSpelling.Find(definition, text) is { } known ? Encoding.UTF8.GetBytes(known) : null;
        var code = text.Trim().ToUpperInvariant();
        if (Currencies.IsKnown(code)) return Encoding.UTF8.GetBytes(code);
        // FOCUS 1.2 lets prices stand in virtual currencies (tokens, credits); what is billed never does.
        return definition.Column == FocusColumn.PricingCurrency ? cell.ToArray() : null;
    }

    private void Refuse(Plan plan, ReadOnlySpan<byte> cell)
    {
        if (plan.Type == FocusColumnType.Currency)
            row.Fail(plan.Name, "focus.currency.unknown", $"{plan.Name} is {FocusMessages.Show(cell)}, which is no ISO 4217 currency code (FOCUS CurrencyFormat). Correct the code.", FocusMessages.Show(cell));
        else if (plan.Definition is { } definition)
            row.Fail(plan.Name, "focus.value.notAllowed", $"{plan.Name} is {FocusMessages.Show(cell)}. FOCUS allows {Listed(definition.AllowedValues)}. Correct the value.", FocusMessages.Show(cell));
    }

    private static string Listed(IReadOnlyList<string> values) =>
        values.Count <= 20 ? string.Join(", ", values.Select(value => $"'{value}'")) : $"the values of its list ('{values[0]}', '{values[1]}', '{values[2]}' and others)";
}
