using System.Globalization;
using System.Text;
using Hexabase.Portal.Costs.Focus;

namespace Hexabase.Portal.Costs.Imports;

/// <summary>The rows that were left out, as they stood in the file, with two columns more: their number and why.</summary>
internal sealed class RejectedRows(string path, FocusHeader header) : IAsyncDisposable
{
    private FileStream? _file;

    public async ValueTask AddAsync(FocusRow row, CancellationToken cancellationToken)
    {
        if (_file is null)
        {
            _file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 64 * 1024);
            await WriteAsync($"{string.Join(',', header.Names.Select(Quoted))},x_PortalRow,x_PortalReason\n", cancellationToken);
        }

        // The span ends with the next read, so it is copied out before the first await.
        var raw = row.Raw.ToArray();
        await _file.WriteAsync(raw, cancellationToken);
        await WriteAsync(string.Create(CultureInfo.InvariantCulture, $",{row.Row},{Quoted(string.Join(" | ", row.Errors.Select(e => e.Message)))}\n"), cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_file is not null) await _file.DisposeAsync();
    }

    private async ValueTask WriteAsync(string text, CancellationToken cancellationToken)
    {
        if (_file is not null) await _file.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken);
    }

    private static string Quoted(string text) => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
