namespace Hexabase.Portal.Costs.Focus;

/// <summary>What is special about a cell's writing.</summary>
[Flags]
internal enum CsvCellMarks
{
    None = 0,

    /// <summary>Stood in quotes.</summary>
    Quoted = 1,

    /// <summary>Holds doubled quotes that stand for one.</summary>
    Escaped = 2,

    /// <summary>A quote inside a cell without quotes; RFC 4180 forbids it, its meaning is plain.</summary>
    BareQuote = 4,

    /// <summary>Text behind the closing quote; the cell's end is a guess.</summary>
    TextAfterQuote = 8,
}

/// <summary>Where a cell's content lies in its array, quotes outside.</summary>
internal struct CsvCell
{
    public byte[] Array;
    public int Start;
    public int Length;
    public CsvCellMarks Marks;

    /// <summary>Where the cell was read; differs from the content once quotes are taken apart.</summary>
    public byte[] SourceArray;
    public int SourceStart;
    public int SourceLength;

    public readonly ReadOnlySpan<byte> Source => SourceArray.AsSpan(SourceStart, SourceLength);

    public readonly ReadOnlySpan<byte> Span => Array.AsSpan(Start, Length);
}
