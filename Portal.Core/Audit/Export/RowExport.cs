using System.Buffers;
using Hexabase.Portal.Audit.Log;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Audit.Export;

/// <summary>Writes a plan as one line an entry, in a registered format.</summary>
internal sealed class RowExport(ReadScope scope, AuditExportPlan plan, Func<double, Task>? report)
{
    private const int FlushBytes = 64 * 1024;

    public async Task<AuditExportSummary> WriteAsync(string name, Func<AuditExportFile, Stream> open, CancellationToken cancellationToken)
    {
        var format = AuditRowFormat.Of(scope, name) ?? throw new InvalidOperationException($"The format {name} was not checked.");
        var output = open(new AuditExportFile(AuditRowFormat.FileName(scope, format.Extension), format.MediaType));
        var reader = scope.Service<AuditLogReader>();
        var buffer = new ArrayBufferWriter<byte>(2 * FlushBytes);
        using var sheet = format.SheetColumns is { } columns ? SheetFile.Begin(output, "audit", columns) : null;
        buffer.Write(format.Head);
        var (entries, removed) = (0L, 0L);
        await foreach (var (leaves, done) in new AuditExportSource(scope.Db, scope.OrganizationId, plan).ReadAsync(cancellationToken))
        {
            var stored = leaves.Where(l => l.Entry is not null).Select(l => (l.Entry ?? throw new InvalidOperationException("An entry is gone."), (long?)l.Leaf.Index)).ToList();
            removed += leaves.Count - stored.Count;
            foreach (var row in await reader.OpenAsync(scope.Db, stored, cancellationToken))
            {
                entries++;
                if (sheet is not null)
                {
                    format.Write(row, sheet.Rows);
                    await sheet.FlushAsync(cancellationToken);
                    continue;
                }

                format.Write(row, buffer);
                if (buffer.WrittenCount < FlushBytes) continue;
                await output.WriteAsync(buffer.WrittenMemory, cancellationToken);
                buffer.ResetWrittenCount();
            }

            if (report is not null) await report(done);
        }

        await output.WriteAsync(buffer.WrittenMemory, cancellationToken);
        if (sheet is not null) await sheet.EndAsync(cancellationToken);
        await output.FlushAsync(cancellationToken);
        return new AuditExportSummary(name, BundleHeader.NameOf(plan.Kind), entries, removed, plan.Head.TreeSize);
    }
}
