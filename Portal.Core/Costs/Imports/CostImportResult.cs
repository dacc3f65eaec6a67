namespace Hexabase.Portal.Costs.Imports;

/// <summary>The result of an import's job. <see cref="DuplicateOf"/> may be found only when it is committed, hence not a record.</summary>
public sealed class CostImportResult
{
    public required Guid ImportId { get; init; }

    /// <summary>Data records in the file.</summary>
    public required long RowsRead { get; init; }

    public long RowsImported { get; set; }

    public required long RowsRejected { get; init; }

    /// <summary>The import that has the same content already; then nothing was loaded.</summary>
    public Guid? DuplicateOf { get; set; }

    /// <summary>"1.0", "1.1" or "1.2".</summary>
    public required string FocusVersion { get; init; }

    public required IReadOnlyList<CostImportPeriod> Periods { get; init; }

    /// <summary>BilledCost by currency.</summary>
    public required IReadOnlyList<MoneyText> Billed { get; init; }

    public required IReadOnlyList<MoneyText> Effective { get; init; }
}

/// <summary>One slice of the file: FOCUS ProviderName, BillingAccountId, BillingPeriodStart.</summary>
public sealed record CostImportPeriod(string? Provider, string? BillingAccountId, DateTime BillingPeriodStart, long Rows);

/// <summary>Exact money of any size as the API writes it.</summary>
public sealed record MoneyText(string Amount, string Currency);
