using System.Text.Json;
using Hexabase.Portal.Audit.Persons;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Audit.Retention;

/// <summary>Reads an archived leaf back into the shape that people and programs know, persons opened as far as their keys exist.</summary>
internal static class ArchivedEntry
{
    public static async Task<IReadOnlyList<AuditEntryRow>> OpenAsync(PortalDbContext db, AuditPersons persons, IReadOnlyList<AuditRestored> rows, CancellationToken cancellationToken)
    {
        var parts = rows.Select(r => r.SealedParts is { } text ? JsonSerializer.Deserialize<SealedPartsText>(text, JobJson.Options) : null).ToList();
        var keys = await persons.OpenAsync(db, parts.SelectMany(p => new[] { p?.Actor?.KeyId, p?.Subject?.KeyId }).OfType<Guid>(), cancellationToken);
        return [.. rows.Select((row, i) => Of(row, parts[i], keys))];
    }

    private static AuditEntryRow Of(AuditRestored row, SealedPartsText? parts, IReadOnlyDictionary<Guid, PersonKey?> keys)
    {
        using var document = JsonDocument.Parse(row.Leaf);
        var leaf = document.RootElement;
        var id = leaf.GetProperty("id").GetGuid();
        var actor = Open(parts?.Actor, AuditPart.Actor) is { } actorBytes ? AuditSealer.ReadActor(actorBytes) : null;
        var subject = Open(parts?.Subject, AuditPart.Subject) is { } subjectBytes ? AuditSealer.ReadSubject(subjectBytes) : null;
        var personal = leaf.TryGetProperty("personal", out var commitments) ? commitments : default;
        // A part that is there and cannot be opened was erased; one that is not there was kept in a file that is missing.
        var erased = (parts?.Actor is not null && actor is null) || (parts?.Subject is not null && subject is null);
        var missing = (Has(personal, "actor") && parts?.Actor is null) || (Has(personal, "subject") && parts?.Subject is null);
        var (kind, resourceId) = (Text("resource_kind") ?? "", Text("resource_id"));
        return new AuditEntryRow(
            id, 0, Time("timestamp"), leaf.GetProperty("tenant_id").GetGuid() is var tenant && tenant == Guid.Empty ? null : tenant, leaf.GetProperty("user_id").GetGuid(), actor?.Name ?? Text("actor_name"), Text("actor_kind") ?? "",
            Text("action") ?? "", resourceId is null ? kind : $"{kind}/{resourceId}", kind, resourceId, subject?.ResourceName ?? Text("resource_name"), Id("workspace_id"),
            Json(subject?.OldValue ?? Text("old_value")), Json(subject?.NewValue ?? Text("new_value")), actor?.IpAddress, Text("status") == "success" ? AuditStatus.Success : AuditStatus.Failure, Text("reason"),
            Id("approver_id"), Id("session_id"), Text("request_id"), Id("operation_id"), actor?.UserAgent, Text("permission"), Text("scope"), Json(Text("decision")), Text("source") ?? "portal",
            row.Index, Time("recorded_at"), Text("source_id"), erased, missing);

        byte[]? Open(SealedPartText? part, AuditPart kind) => part is null ? null : keys[part.KeyId]?.Open(id, kind, part.Sealed);

        string? Text(string name) => leaf.TryGetProperty(name, out var value) ? value.GetString() : null;

        Guid? Id(string name) => leaf.TryGetProperty(name, out var value) ? value.GetGuid() : null;

        DateTime Time(string name) => leaf.GetProperty(name).GetDateTime();
    }

    private static bool Has(JsonElement element, string name) => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out _);

    private static JsonElement? Json(string? text) => text is null ? null : JsonElement.Parse(text);
}
