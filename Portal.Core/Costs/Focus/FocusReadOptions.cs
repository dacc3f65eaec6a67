namespace Hexabase.Portal.Costs.Focus;

/// <summary>Limits of one reading, in bytes of UTF-8 unless said otherwise. They bound the memory that a hostile file can claim.</summary>
public sealed record FocusReadOptions
{
    /// <summary>A cell of a text, number, date or list column.</summary>
    public int MaxTextBytes { get; init; } = 8 * 1024;

    /// <summary>A cell of a JSON column (Tags, SkuPriceDetails) or of a column that FOCUS does not know.</summary>
    public int MaxJsonBytes { get; init; } = 64 * 1024;

    /// <summary>A record with its separators and quotes.</summary>
    public int MaxRowBytes { get; init; } = 1024 * 1024;

    /// <summary>The number of columns.</summary>
    public int MaxColumns { get; init; } = 1_000;

    /// <summary>How many bytes a byte of gzip may become, judged from 16 MiB of content on. Real bills reach 10 to 40; deflate ends at 1,032.</summary>
    public int MaxExpansion { get; init; } = 250;

    /// <summary>The first size of the buffer; it grows up to <see cref="MaxRowBytes"/> where a record needs it.</summary>
    public int BufferBytes { get; init; } = 256 * 1024;
}
