using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Controls;

/// <summary>One column of a <see cref="DataTable{TRow}"/>: declares itself, draws nothing.</summary>
[CascadingTypeParameter(nameof(TRow))]
public sealed class Column<TRow> : ComponentBase, IDisposable
    where TRow : notnull
{
    /// <summary>Stable name for the viewer's column choice; the title where none is given (then the choice is per language).</summary>
    [Parameter] public string? Id { get; set; }

    [Parameter, EditorRequired] public required string Title { get; set; }

    /// <summary>The cell's text, or use the child content for markup.</summary>
    [Parameter] public Func<TRow, string?>? Value { get; set; }

    [Parameter] public RenderFragment<TRow>? ChildContent { get; set; }

    [Parameter] public ColumnAlign Align { get; set; }

    /// <summary>Set where the list can be sorted by this column; goes back in the query (or sorts Items by SortBy).</summary>
    [Parameter] public string? SortKey { get; set; }

    /// <summary>For a table with Items: the value to sort by: numbers, dates, amounts, or words (in the viewer's order). Unknown values come last.</summary>
    [Parameter] public Func<TRow, object?>? SortBy { get; set; }

    /// <summary>The plain value for copies, where the shown one is dressed up (invariant number, ISO date).</summary>
    [Parameter] public Func<TRow, string?>? Csv { get; set; }

    /// <summary>Left out below 720 px.</summary>
    [Parameter] public bool NarrowHidden { get; set; }

    /// <summary>The viewer cannot hide it (names).</summary>
    [Parameter] public bool Fixed { get; set; }

    /// <summary>Buttons of the row: clicks there do not open it; left out of copies; seen on hover and focus.</summary>
    [Parameter] public bool IsActions { get; set; }

    /// <summary>Cell of the total row.</summary>
    [Parameter] public RenderFragment? Footer { get; set; }

    [CascadingParameter] private DataTable<TRow> Table { get; set; } = default!;

    internal string Key => Id ?? Title;

    internal string CellClass => (Align == ColumnAlign.End ? "right" : "") + (NarrowHidden ? " narrow-hide" : "");

    protected override void OnInitialized() => Table.Add(this);

    public void Dispose() => Table.Remove(this);
}
