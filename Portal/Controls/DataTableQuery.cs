using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Controls;

/// <summary>What a table asks for. <paramref name="Cursor"/>: null for the first page, else what the last page gave as Next; opaque. <paramref name="Sort"/>: a column's SortKey, or null for the list's own order.</summary>
public sealed record DataTableQuery(string? Cursor, int Take, string? Sort, bool Descending);

/// <summary>One page. <paramref name="Next"/> null: the last one. <paramref name="Total"/>: known number of rows, null where counting would cost too much. <paramref name="Refused"/>: why there are none, told in place of the empty state.</summary>
public sealed record DataTablePage<TRow>(IReadOnlyList<TRow> Rows, string? Next = null, long? Total = null, Problem? Refused = null);

/// <summary>Where figures stand: text starts, numbers end.</summary>
public enum ColumnAlign { Start, End }
