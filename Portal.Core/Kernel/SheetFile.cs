using System.Buffers;
using System.IO.Compression;
using System.Text;

namespace Hexabase.Portal.Kernel;

/// <summary>A table as XLSX (ECMA-376) with one sheet, written while it is read: nothing but the row in hand is held in memory, and the output need not be seekable.</summary>
/// <remarks>Begin, write rows (<see cref="SheetRow"/>) to <see cref="Body"/>, end. A file that was not ended is no readable workbook, so that half a table is never taken for a whole one.</remarks>
public sealed class SheetFile : IAsyncDisposable
{
    /// <summary>What a sheet holds, the row with the names of the columns included.</summary>
    public const int MaxRows = 1_048_576;
    public const string MediaType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

    private const string Declaration = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>""";
    private const string Main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    private const string Relations = "http://schemas.openxmlformats.org/package/2006/relationships";
    private const string Office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    private const string Sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml";

    private readonly ZipArchive _zip;
    private Stream? _body;

    private SheetFile(ZipArchive zip) => _zip = zip;

    /// <summary>Where the rows go.</summary>
    public Stream Body => _body ?? throw new InvalidOperationException("The sheet has not begun, or has ended.");

    /// <param name="output">Stays open.</param>
    /// <param name="name">Of the sheet; cut to the 31 characters that a spreadsheet takes.</param>
    /// <param name="columns">The first row, which stays in sight while scrolling.</param>
    public static async Task<SheetFile> BeginAsync(Stream output, string name, IEnumerable<string> columns, CancellationToken cancellationToken)
    {
        var file = new SheetFile(await ZipArchive.CreateAsync(output, ZipArchiveMode.Create, leaveOpen: true, null, cancellationToken));
        await file.PartAsync("[Content_Types].xml", $"""
            <Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{Sheet}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="{Sheet}.worksheet+xml"/></Types>
            """, cancellationToken);
        await file.PartAsync("_rels/.rels", $"""<Relationships xmlns="{Relations}"><Relationship Id="rId1" Type="{Office}/officeDocument" Target="xl/workbook.xml"/></Relationships>""", cancellationToken);
        await file.PartAsync("xl/_rels/workbook.xml.rels", $"""<Relationships xmlns="{Relations}"><Relationship Id="rId1" Type="{Office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>""", cancellationToken);
        await file.PartAsync("xl/workbook.xml", $"""
            <workbook xmlns="{Main}" xmlns:r="{Office}"><bookViews><workbookView/></bookViews><sheets><sheet name="{NameOf(name)}" sheetId="1" r:id="rId1"/></sheets></workbook>
            """, cancellationToken);
        file._body = await file._zip.CreateEntry("xl/worksheets/sheet1.xml", CompressionLevel.Fastest).OpenAsync(cancellationToken);
        var head = new ArrayBufferWriter<byte>(1024);
        head.Write(Encoding.UTF8.GetBytes(
            $"""{Declaration}<worksheet xmlns="{Main}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>"""));
        SheetRow.Write([.. columns.Select(c => new SheetCell(c))], head);
        await file._body.WriteAsync(head.WrittenMemory, cancellationToken);
        return file;
    }

    /// <summary>Writes what makes it a whole file.</summary>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        await Body.WriteAsync("</sheetData></worksheet>"u8.ToArray(), cancellationToken);
        await DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_body is { } body) await body.DisposeAsync();
        _body = null;
        await _zip.DisposeAsync();
    }

    private async Task PartAsync(string path, string xml, CancellationToken cancellationToken)
    {
        await using var part = await _zip.CreateEntry(path, CompressionLevel.Fastest).OpenAsync(cancellationToken);
        await part.WriteAsync(Encoding.UTF8.GetBytes(Declaration + xml), cancellationToken);
    }

    /// <summary>Spreadsheets take none of []:*?/\ in a name, and no apostrophe at its ends.</summary>
    private static string NameOf(string name)
    {
        var plain = string.Concat(name.Where(c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_' or '.'));
        return plain.Length switch { 0 => "1", > 31 => plain[..31], _ => plain };
    }
}
