using System.Buffers;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Audit.Export;

/// <summary>Entries as rows of a spreadsheet (XLSX). Texts that are longer than a cell are cut there; the last column says in which columns that happened.</summary>
public static class SheetAuditFormat
{
    public const string Name = "xlsx";

    public static AuditRowFormat Format { get; } = new(Name, SheetFile.MediaType, "xlsx", Write, []) { SheetColumns = [.. TableOfEntries.Columns.Select(c => c.Name), "cut_columns"] };

    private static void Write(AuditEntryRow row, IBufferWriter<byte> into)
    {
        var columns = TableOfEntries.Columns;
        var cells = new SheetCell[columns.Count + 1];
        List<string>? cut = null;
        for (var i = 0; i < columns.Count; i++)
        {
            var text = columns[i].Value(row);
            if (SheetRow.IsCut(text)) (cut ??= []).Add(columns[i].Name);
            cells[i] = new SheetCell(text is "" ? null : text, columns[i].Name == "index");
        }

        cells[^1] = new SheetCell(cut is null ? null : string.Join(' ', cut));
        SheetRow.Write(cells, into);
    }
}
