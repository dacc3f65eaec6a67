using System.Buffers;
using System.Globalization;
using Hexabase.Portal.Audit.Search;
using Hexabase.Portal.Kernel;
using Microsoft.Extensions.Options;

namespace Hexabase.Portal.Audit.Export;

/// <summary>A format with one record an entry. Other slices add theirs to the services: <c>services.AddSingleton(new AuditRowFormat("cef", ...))</c>.</summary>
/// <param name="Name">As the parameter <c>format</c> names it.</param>
/// <param name="Extension">Of the file, without a dot.</param>
/// <param name="Write">Appends one record with its line break.</param>
/// <param name="Head">What stands before the first record.</param>
public sealed record AuditRowFormat(string Name, string MediaType, string Extension, Action<AuditEntryRow, IBufferWriter<byte>> Write, byte[] Head)
{
    /// <summary>The name of the bundle's format, which is no row format.</summary>
    public const string Bundle = "jsonl";

    /// <summary>The names of the columns where the records are rows of a spreadsheet's sheet (<see cref="SheetRow"/>); null = they are lines.</summary>
    public IReadOnlyList<string>? SheetColumns { get; init; }

    internal static AuditRowFormat? Of(ReadScope scope, string name) => scope.Service<IEnumerable<AuditRowFormat>>().FirstOrDefault(f => f.Name == name);

    /// <summary>Null, or why the request cannot become a file of its format: asked before anything is queued or written.</summary>
    internal static async Task<Problem?> CheckAsync(ReadScope scope, string? org, AuditExportRequest request, CancellationToken cancellationToken) =>
        CheckName(scope, request.Format) ?? (Of(scope, request.Format)?.SheetColumns is null ? null : await CheckRowsAsync(scope, org, request, cancellationToken));

    private static async Task<Problem?> CheckRowsAsync(ReadScope scope, string? org, AuditExportRequest request, CancellationToken cancellationToken)
    {
        var counted = await new SummarizeAudit(org, request.Q, request.AfterUtc, request.BeforeUtc, Values: 1).HandleAsync(scope, cancellationToken);
        if (!counted.TryGet(out var summary, out var problem)) return problem;
        // One row is that of the columns' names.
        var most = scope.Service<IOptions<AuditExportOptions>>().Value.SheetRows - 1;
        return summary.Count <= most ? null : Problem.Refused(
            "audit.export.sheetRows", $"{summary.Count} entries do not fit into a sheet, which holds {most}. Narrow the time or the search, or export as CSV.", summary.Count, most);
    }

    private static Problem? CheckName(ReadScope scope, string name)
    {
        if (name == Bundle || Of(scope, name) is not null) return null;
        var names = string.Join(", ", scope.Service<IEnumerable<AuditRowFormat>>().Select(f => f.Name).Prepend(Bundle));
        var message = $"format is one of: {names}.";
        return new Problem(ProblemKind.Malformed, "audit.export.format", message, [new FieldError("format", "audit.export.format", message, Args: [names])], [names]);
    }

    internal static string FileName(ReadScope scope, string extension) =>
        string.Create(CultureInfo.InvariantCulture, $"audit-{scope.Tenant?.Slug ?? "platform"}-{scope.NowUtc:yyyyMMdd'T'HHmmss'Z'}.{extension}");
}
