using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hexabase.Portal.Access;
using Hexabase.Portal.Audit;
using Hexabase.Portal.Audit.Persons;
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

    public static AuditDraft Success(WriteScope scope, string action, AccessDecision? decision)
    {
        var diff = scope.OldValue is null && scope.NewValue is null
            ? Diff(scope.Db, scope.Subject?.Id)
            : new ChangedValues(Serialize(scope.OldValue), Serialize(scope.NewValue), null, null, null);
        return Entry(scope.Actor, scope.AuditOrganizationId ?? scope.OrganizationId, action, AuditStatus.Success, scope.Reason, decision, scope.NowUtc,
            scope.Subject, diff, scope.ApproverId, scope.Touches);
    }

    public static AuditDraft Entry(
        Actor actor, Guid organizationId, string action, AuditStatus status, string? reason, AccessDecision? decision, DateTime nowUtc,
        AuditSubject? subject = null, ChangedValues? values = null, Guid? approverId = null, IReadOnlyList<Touch>? touches = null)
    {
        // The leaf states microseconds, which is what both engines keep.
        var now = nowUtc.ToMicroseconds();
        var isPerson = actor.Kind != ActorKind.System;
        var subjectIsPerson = subject is not null && PersonKinds.Contains(subject.Kind);
        var entry = new AuditEntry
        {
            Id = Ids.New(),
            OrganizationId = organizationId,
            OccurredAtUtc = now,
            RecordedAtUtc = now,
            ActorKind = Words.Of(actor.Kind),
            UserId = actor.Id,
            ActorName = isPerson ? null : Clip(actor.Name, 300),
            Action = action,
            ResourceKind = subject?.Kind ?? action.Split('.')[0],
            ResourceId = subject?.Id,
            ResourceName = subjectIsPerson ? null : Clip(subject?.Name, 400),
            WorkspaceId = subject?.WorkspaceId,
            Status = status,
            Reason = Clip(reason, 2000),
            OldValue = values?.Old,
            NewValue = values?.New,
            SessionId = actor.SessionId,
            RequestId = Clip(actor.RequestId, 200),
            OperationId = actor.OperationId,
            ApproverId = approverId,
            Permission = decision?.Permission.ToString(),
            Scope = decision is null ? null : decision.Via is { } via ? Words.Of(via.Scope) : "none",
            Decision = decision is null ? null : JsonSerializer.Serialize(new { allowed = decision.Allowed, role = decision.Via?.Role, considered = decision.Considered.Select(g => g.Role), decision.LimitedBy }, Json),
            Source = "portal",
            Touched = touches is { Count: > 0 } ? JsonSerializer.Serialize(touches.Select(t => new object[] { t.OrganizationId, t.Topic, t.Id, t.Version }), Json) : null,
        };
        var subjectDetails = subjectIsPerson || values?.PersonalOld is not null || values?.PersonalNew is not null
            ? new SubjectDetails(subjectIsPerson ? Clip(subject?.Name, 400) : null, values?.PersonalOld, values?.PersonalNew)
            : null;
        return new AuditDraft(
            entry, isPerson || actor.IpAddress is not null ? AuditMasterKey.ReferenceOf(actor.Id) : null, new ActorDetails(Clip(actor.Name, 300), Clip(actor.IpAddress, 60), Clip(actor.UserAgent, 400)),
            subjectDetails, SubjectUser(actor, subject), subjectIsPerson ? subject?.Name : values?.PersonName ?? subject?.Name);
    }

    /// <summary>The user whose own key seals the subject part; null where only a name is known.</summary>
    private static Guid? SubjectUser(Actor actor, AuditSubject? subject) => subject?.Kind switch
    {
        "user" when Guid.TryParse(subject.Id, out var user) && user != Guid.Empty => user,
        "session" => actor.Id,
        _ => null,
    };

    /// <summary>Kinds of resource whose name is a person's.</summary>
    private static readonly FrozenSet<string> PersonKinds = FrozenSet.Create(StringComparer.Ordinal, "user", "member", "invitation", "session", "address");

    private static ChangedValues Diff(PortalDbContext db, string? subjectId)
    {
        var changes = new List<(string? Kind, JsonObject? Before, JsonObject? After, EntityEntry Entry)>();
        string? person = null;
        var personal = false;
        foreach (var entry in db.ChangeTracker.Entries())
        {
            if (entry.State is EntityState.Unchanged or EntityState.Detached || Has<NotAuditedAttribute>(entry.Metadata.ClrType)) continue;
            var (before, after, isPersonal) = Diff(entry, ref person);
            if (before is null && after is null) continue;
            personal |= isPersonal;
            var key = entry.Metadata.FindPrimaryKey()?.Properties is [var id] ? entry.Property(id).CurrentValue?.ToString() : null;
            changes.Add((key is not null && key == subjectId ? null : JsonNamingPolicy.CamelCase.ConvertName(entry.Metadata.ClrType.Name), before, after, entry));
        }

        JsonObject? oldValue = null, newValue = null, personalOld = null, personalNew = null;
        foreach (var (kind, before, after, entry) in changes)
        {
            if (personal)
            {
                Put(ref personalOld, kind, (JsonObject?)before?.DeepClone());
                Put(ref personalNew, kind, (JsonObject?)after?.DeepClone());
                Mark(before, entry);
                Mark(after, entry);
            }

            Put(ref oldValue, kind, before);
            Put(ref newValue, kind, after);
        }

        return new ChangedValues(oldValue?.ToJsonString(Json), newValue?.ToJsonString(Json), personalOld?.ToJsonString(Json), personalNew?.ToJsonString(Json), person);
    }

    private static (JsonObject? Before, JsonObject? After, bool IsPersonal) Diff(EntityEntry entry, ref string? person)
    {
        JsonObject? before = entry.State == EntityState.Added ? null : [];
        JsonObject? after = entry.State == EntityState.Deleted ? null : [];
        var personal = false;
        foreach (var property in entry.Properties)
        {
            var meta = property.Metadata;
            if (meta.Name is nameof(ITenantOwned.OrganizationId) or nameof(IVersioned.Version) or "CreatedAtUtc" || meta.ValueGenerated == ValueGenerated.OnAdd && meta.Name == "Position") continue;
            if (entry.State == EntityState.Modified && !property.IsModified) continue;
            var name = JsonNamingPolicy.CamelCase.ConvertName(meta.Name);
            var secret = meta.PropertyInfo is { } info && Has<SecretAttribute>(info);
            var wrote = false;
            if (before is not null && property.OriginalValue is not null)
            {
                before[name] = secret ? "(secret)" : JsonSerializer.SerializeToNode(property.OriginalValue, Json);
                wrote = true;
            }

            if (after is not null && (property.CurrentValue is not null || entry.State == EntityState.Modified))
            {
                after[name] = secret ? "(secret)" : JsonSerializer.SerializeToNode(property.CurrentValue, Json);
                wrote = true;
            }

            if (!wrote || !IsPersonal(meta)) continue;
            personal = true;
            person ??= (property.CurrentValue ?? property.OriginalValue) as string;
        }

        return (before is { Count: > 0 } ? before : null, after is { Count: > 0 } ? after : null, personal);
    }

    /// <summary>Marks the personal fields instead of telling them.</summary>
    private static void Mark(JsonObject? values, EntityEntry entry)
    {
        if (values is null) return;
        foreach (var property in entry.Metadata.GetProperties())
        {
            var name = JsonNamingPolicy.CamelCase.ConvertName(property.Name);
            if (IsPersonal(property) && values[name] is not null) values[name] = "(personal)";
        }
    }

    private static bool IsPersonal(IReadOnlyProperty property) => property.PropertyInfo is { } info && Has<PersonalAttribute>(info);

    /// <summary>Reflection once a member.</summary>
    private static bool Has<T>(MemberInfo member)
        where T : Attribute => Marked.GetOrAdd((member, typeof(T)), static key => key.Member.IsDefined(key.Attribute, inherit: true));

    private static readonly ConcurrentDictionary<(MemberInfo Member, Type Attribute), bool> Marked = new();

    /// <summary>The audited resource's own fields stand at the top, those of other rows in a list under the row's kind.</summary>
    private static void Put(ref JsonObject? into, string? kind, JsonObject? values)
    {
        if (values is null) return;
        into ??= [];
        if (kind is null)
        {
            foreach (var (name, value) in values.ToArray())
            {
                values.Remove(name);
                into[name] = value;
            }

            return;
        }

        if (into[kind] is not JsonArray list) into[kind] = list = [];
        list.Add(values);
    }

    private static string? Serialize(object? value) => value is null ? null : JsonSerializer.Serialize(value, Json);

    /// <summary>At most so many characters, none of them half a pair or NUL: canonical JSON has no place for the one, PostgreSQL none for the other.</summary>
    internal static string? Clip(string? text, int length)
    {
        if (text is null) return null;
        if (text.Length > length) text = text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
        text = text.Replace('\0', '\uFFFD');
        return !HasLoneSurrogate(text) ? text : new string([.. text.EnumerateRunes().SelectMany(r => r.ToString())]);
    }

    private static bool HasLoneSurrogate(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (!char.IsHighSurrogate(text[i]) || i + 1 == text.Length || !char.IsLowSurrogate(text[i + 1])) return true;
            i++;
        }

        return false;
    }
}

/// <summary>The changed fields of one command, as JSON objects.</summary>
/// <param name="Old">Before, personal fields marked.</param>
/// <param name="New">After, personal fields marked.</param>
/// <param name="PersonalOld">Before, told in full; null where nothing personal changed.</param>
/// <param name="PersonalNew">After, told in full; null where nothing personal changed.</param>
/// <param name="PersonName">The first person's name or address among them.</param>
internal sealed record ChangedValues(string? Old, string? New, string? PersonalOld, string? PersonalNew, string? PersonName);
