using System.Buffers;
using System.Globalization;
using Hexabase.Portal.Kernel;

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

    internal static AuditRowFormat? Of(ReadScope scope, string name) => scope.Service<IEnumerable<AuditRowFormat>>().FirstOrDefault(f => f.Name == name);

    internal static Problem? Check(ReadScope scope, string name)
    {
        if (name == Bundle || Of(scope, name) is not null) return null;
        var names = string.Join(", ", scope.Service<IEnumerable<AuditRowFormat>>().Select(f => f.Name).Prepend(Bundle));
        var message = $"format is one of: {names}.";
        return new Problem(ProblemKind.Malformed, "audit.export.format", message, [new FieldError("format", "audit.export.format", message, Args: [names])], [names]);
    }

    internal static string FileName(ReadScope scope, string extension) =>
        string.Create(CultureInfo.InvariantCulture, $"audit-{scope.Tenant?.Slug ?? "platform"}-{scope.NowUtc:yyyyMMdd'T'HHmmss'Z'}.{extension}");
}
