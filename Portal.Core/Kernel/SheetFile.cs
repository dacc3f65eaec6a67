using System.Buffers;
using System.IO.Compression;
using System.Text;

namespace Hexabase.Portal.Kernel;

/// <summary>A table as XLSX (ECMA-376) with one sheet, written while it is read: nothing but the row in hand is held in memory, and the output need not be seekable.</summary>
/// <remarks>
/// Begin, write rows (<see cref="SheetRow"/>) to <see cref="Rows"/> and flush after each, end. A file that was not ended is no readable workbook, so that half a table is never taken for a whole one.
/// </remarks>
public sealed class SheetFile : IDisposable
{
    /// <summary>What a sheet holds, the row with the names of the columns included.</summary>
    public const int MaxRows = 1_048_576;
    public const string MediaType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

    private const string Declaration = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>""";
    private const string Main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    private const string Relations = "http://schemas.openxmlformats.org/package/2006/relationships";
    private const string Office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    private const string Sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml";

    private const int FlushBytes = 64 * 1024;
    private readonly Stream _output;
    private readonly ArrayBufferWriter<byte> _rows = new(2 * FlushBytes);
    private readonly Outgoing _packed = new();
    private readonly ZipArchive _zip;
    private Stream? _body;

    private SheetFile(Stream output) => (_output, _zip) = (output, new ZipArchive(_packed, ZipArchiveMode.Create, leaveOpen: true));

    /// <summary>Where rows go.</summary>
    public IBufferWriter<byte> Rows => _rows;

    /// <param name="output">Stays open.</param>
    /// <param name="name">Of the sheet; cut to the 31 characters that a spreadsheet takes.</param>
    /// <param name="columns">The first row, which stays in sight while scrolling.</param>
    public static SheetFile Begin(Stream output, string name, IEnumerable<string> columns)
    {
        var file = new SheetFile(output);
        file.Part("[Content_Types].xml", $"""
            <Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{Sheet}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="{Sheet}.worksheet+xml"/></Types>
            """);
        file.Part("_rels/.rels", $"""<Relationships xmlns="{Relations}"><Relationship Id="rId1" Type="{Office}/officeDocument" Target="xl/workbook.xml"/></Relationships>""");
        file.Part("xl/_rels/workbook.xml.rels", $"""<Relationships xmlns="{Relations}"><Relationship Id="rId1" Type="{Office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>""");
        file.Part("xl/workbook.xml", $"""
            <workbook xmlns="{Main}" xmlns:r="{Office}"><bookViews><workbookView/></bookViews><sheets><sheet name="{NameOf(name)}" sheetId="1" r:id="rId1"/></sheets></workbook>
            """);
        file._body = file._zip.CreateEntry("xl/worksheets/sheet1.xml", CompressionLevel.Fastest).Open();
        file._rows.Write(Encoding.UTF8.GetBytes(
            $"""{Declaration}<worksheet xmlns="{Main}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>"""));
        SheetRow.Write([.. columns.Select(c => new SheetCell(c))], file._rows);
        return file;
    }

    /// <summary>Passes on what has gathered, where that is much.</summary>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (_rows.WrittenCount < FlushBytes) return;
        Pack();
        await SendAsync(cancellationToken);
    }

    /// <summary>Writes what makes it a whole file.</summary>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        _rows.Write("</sheetData></worksheet>"u8);
        Pack();
        Dispose();
        await SendAsync(cancellationToken);
    }

    public void Dispose()
    {
        _body?.Dispose();
        _body = null;
        _zip.Dispose();
        _packed.Dispose();
    }

    private void Pack()
    {
        (_body ?? throw new InvalidOperationException("The sheet has ended.")).Write(_rows.WrittenSpan);
        _rows.ResetWrittenCount();
    }

    private async ValueTask SendAsync(CancellationToken cancellationToken)
    {
        await _output.WriteAsync(_packed.Buffer.WrittenMemory, cancellationToken);
        _packed.Buffer.ResetWrittenCount();
    }

    private void Part(string path, string xml)
    {
        using var part = _zip.CreateEntry(path, CompressionLevel.Fastest).Open();
        part.Write(Encoding.UTF8.GetBytes(Declaration + xml));
    }

    /// <summary>Spreadsheets take none of []:*?/\ in a name, and no apostrophe at its ends.</summary>
    private static string NameOf(string name)
    {
        var plain = string.Concat(name.Where(c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_' or '.'));
        return plain.Length switch { 0 => "1", > 31 => plain[..31], _ => plain };
    }

    /// <summary>Takes what the archive writes, which it does without waiting: a web server's stream refuses that.</summary>
    private sealed class Outgoing : Stream
    {
        public ArrayBufferWriter<byte> Buffer { get; } = new(2 * FlushBytes);

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer) => Buffer.Write(buffer);
    }
}
