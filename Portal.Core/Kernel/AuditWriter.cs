using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hexabase.Portal.Access;
using Hexabase.Portal.Audit;
using Hexabase.Portal.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Hexabase.Portal.Kernel;

/// <summary>Makes the audit entry of a command from what the change tracker saw: the changed fields before and after, secrets left out.</summary>
internal static class AuditWriter
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>Raises the version of every changed row, so that stale writers are refused.</summary>
    public static void RaiseVersions(PortalDbContext db)
    {
        foreach (var entry in db.ChangeTracker.Entries<IVersioned>())
        {
            var version = entry.Property(nameof(IVersioned.Version));
            if (entry.State == EntityState.Added) version.CurrentValue = 1L;
            else if (entry.State == EntityState.Modified) version.CurrentValue = (long)(version.OriginalValue ?? 0L) + 1;
        }
    }

    public static AuditEntry Success(WriteScope scope, string action, AccessDecision? decision)
    {
        var (oldValue, newValue) = scope.OldValue is null && scope.NewValue is null
            ? Diff(scope.Db, scope.Subject?.Id)
            : (Serialize(scope.OldValue), Serialize(scope.NewValue));
        return Entry(scope.Actor, scope.AuditOrganizationId ?? scope.OrganizationId, action, AuditStatus.Success, scope.Reason, decision, scope.NowUtc,
            scope.Subject, oldValue, newValue, scope.ApproverId, scope.Touches);
    }

    public static AuditEntry Entry(
        Actor actor, Guid organizationId, string action, AuditStatus status, string? reason, AccessDecision? decision, DateTime nowUtc,
        AuditSubject? subject = null, string? oldValue = null, string? newValue = null, Guid? approverId = null, IReadOnlyList<Touch>? touches = null) => new()
        {
            Id = Ids.New(),
            OrganizationId = organizationId,
            OccurredAtUtc = nowUtc,
            ActorKind = JsonNamingPolicy.CamelCase.ConvertName(actor.Kind.ToString()),
            UserId = actor.Id,
            ActorName = Clip(actor.Name, 300) ?? "",
            Action = action,
            ResourceKind = subject?.Kind ?? action.Split('.')[0],
            ResourceId = subject?.Id,
            ResourceName = Clip(subject?.Name, 400),
            WorkspaceId = subject?.WorkspaceId,
            Status = status,
            Reason = Clip(reason, 2000),
            OldValue = oldValue,
            NewValue = newValue,
            IpAddress = Clip(actor.IpAddress, 60),
            UserAgent = Clip(actor.UserAgent, 400),
            SessionId = actor.SessionId,
            RequestId = Clip(actor.RequestId, 80),
            OperationId = actor.OperationId,
            ApproverId = approverId,
            Permission = decision?.Permission.ToString(),
            Scope = decision is null ? null : decision.Via is { } via ? JsonNamingPolicy.CamelCase.ConvertName(via.Scope.ToString()) : "none",
            Decision = decision is null ? null : JsonSerializer.Serialize(new { allowed = decision.Allowed, role = decision.Via?.Role, considered = decision.Considered.Select(g => g.Role), decision.LimitedBy }, Json),
            Source = "portal",
            Touched = touches is { Count: > 0 } ? JsonSerializer.Serialize(touches.Select(t => new object[] { t.OrganizationId, t.Topic, t.Id, t.Version }), Json) : null,
        };

    private static (string? Old, string? New) Diff(PortalDbContext db, string? subjectId)
    {
        JsonObject? oldValue = null, newValue = null;
        foreach (var entry in db.ChangeTracker.Entries())
        {
            if (entry.State is EntityState.Unchanged or EntityState.Detached || entry.Entity is AuditEntry || Has<NotAuditedAttribute>(entry.Metadata.ClrType)) continue;
            var (before, after) = Diff(entry);
            if (before is null && after is null) continue;
            var key = entry.Metadata.FindPrimaryKey()?.Properties is [var id] ? entry.Property(id).CurrentValue?.ToString() : null;
            if (key is not null && key == subjectId)
            {
                Merge(ref oldValue, before);
                Merge(ref newValue, after);
            }
            else
            {
                var name = JsonNamingPolicy.CamelCase.ConvertName(entry.Metadata.ClrType.Name);
                Nest(ref oldValue, name, before);
                Nest(ref newValue, name, after);
            }
        }

        return (oldValue?.ToJsonString(Json), newValue?.ToJsonString(Json));
    }

    private static (JsonObject? Before, JsonObject? After) Diff(EntityEntry entry)
    {
        JsonObject? before = entry.State == EntityState.Added ? null : [];
        JsonObject? after = entry.State == EntityState.Deleted ? null : [];
        foreach (var property in entry.Properties)
        {
            var meta = property.Metadata;
            if (meta.Name is nameof(ITenantOwned.OrganizationId) or nameof(IVersioned.Version) or "CreatedAtUtc" || meta.ValueGenerated == ValueGenerated.OnAdd && meta.Name == "Position") continue;
            if (entry.State == EntityState.Modified && !property.IsModified) continue;
            var name = JsonNamingPolicy.CamelCase.ConvertName(meta.Name);
            var secret = meta.PropertyInfo is { } info && Has<SecretAttribute>(info);
            if (before is not null && property.OriginalValue is not null) before[name] = secret ? "(secret)" : JsonSerializer.SerializeToNode(property.OriginalValue, Json);
            if (after is not null && (property.CurrentValue is not null || entry.State == EntityState.Modified)) after[name] = secret ? "(secret)" : JsonSerializer.SerializeToNode(property.CurrentValue, Json);
        }

        return (before is { Count: > 0 } ? before : null, after is { Count: > 0 } ? after : null);
    }

    /// <summary>Reflection once a member.</summary>
    private static bool Has<T>(MemberInfo member)
        where T : Attribute => Marked.GetOrAdd((member, typeof(T)), static key => key.Member.IsDefined(key.Attribute, inherit: true));

    private static readonly ConcurrentDictionary<(MemberInfo Member, Type Attribute), bool> Marked = new();

    private static void Merge(ref JsonObject? into, JsonObject? from)
    {
        if (from is null) return;
        into ??= [];
        foreach (var (name, value) in from) into[name] = value?.DeepClone();
    }

    private static void Nest(ref JsonObject? into, string name, JsonObject? from)
    {
        if (from is null) return;
        into ??= [];
        if (into[name] is not JsonArray list) into[name] = list = [];
        list.Add(from);
    }

    private static string? Serialize(object? value) => value is null ? null : JsonSerializer.Serialize(value, Json);

    private static string? Clip(string? text, int length) => text is null || text.Length <= length ? text : text[..length];
}
