using System.Text.Json;
using System.Text.Json.Serialization;
using Hexabase.Portal.Access.Groups;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Access.Rules;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Explain;

/// <summary>What access was made of, as it read until a moment: a binding that was taken away, a membership that ended, a role or rule that was changed. Written with the change itself.</summary>
[NotAudited]
public sealed class AccessPast : ITenantOwned
{
    public required Guid Id { get; init; }

    public required Guid OrganizationId { get; init; }

    /// <summary>The entity's name: RoleBinding, GroupMember, CustomRole or AccessRule.</summary>
    public required string Kind { get; init; }

    /// <summary>The row's id; of a membership group and member.</summary>
    public required string RowKey { get; init; }

    /// <summary>The moment of the change: up to it the row read as it is kept here.</summary>
    public required DateTime UntilUtc { get; init; }

    /// <summary>Who changed it; <see cref="Guid.Empty"/> for the portal itself.</summary>
    public required Guid ChangedBy { get; init; }

    /// <summary>The row as JSON.</summary>
    public required string Values { get; init; }

    internal static void Configure(ModelBuilder model) => model.Entity<AccessPast>(e =>
    {
        e.ToTable("access_past");
        e.HasGuard(TableGuard.InsertOnly);
        e.HasIndex(x => new { x.OrganizationId, x.Kind, x.UntilUtc });
        e.Property(x => x.Kind).HasMaxLength(40);
        e.Property(x => x.RowKey).HasMaxLength(80);
        e.Property(x => x.Values).IsLongText();
    });
}

/// <summary>Keeps what is about to be changed, for every command, so that no command can forget to.</summary>
internal static class AccessMemory
{
    private static readonly JsonSerializerOptions Json = new() { Converters = { new JsonStringEnumConverter() } };

    public static void Keep(WriteScope scope)
    {
        foreach (var entry in scope.Db.ChangeTracker.Entries().Where(e => e.State is EntityState.Modified or EntityState.Deleted && KeyOf(e.Entity) is not null).ToList())
        {
            if (entry.State == EntityState.Modified && entry.Entity is RoleBinding or GroupMember) continue;
            var before = entry.OriginalValues.ToObject();
            scope.Db.Add(new AccessPast
            {
                Id = Ids.New(), OrganizationId = ((ITenantOwned)entry.Entity).OrganizationId, Kind = entry.Metadata.ClrType.Name, RowKey = KeyOf(before) ?? "", UntilUtc = scope.NowUtc, ChangedBy = scope.Actor.Id,
                Values = JsonSerializer.Serialize(before, entry.Metadata.ClrType, Json),
            });
        }
    }

    /// <summary>The rows as they read at the moment: those of today that were there then, and what has been changed or taken away since.</summary>
    /// <param name="today">The rows as they are.</param>
    /// <param name="since">When a row came into being; null = before anything is known.</param>
    public static async Task<List<T>> AtAsync<T>(ReadScope scope, DateTime at, IEnumerable<T> today, Func<T, DateTime?> since, CancellationToken cancellationToken)
        where T : class
    {
        var kind = typeof(T).Name;
        var changed = await scope.Db.Set<AccessPast>().AsNoTracking().Where(p => p.OrganizationId == scope.OrganizationId && p.Kind == kind && p.UntilUtc > at)
            .OrderBy(p => p.UntilUtc).ThenBy(p => p.Id).Select(p => new { p.RowKey, p.Values }).ToListAsync(cancellationToken);
        var rows = today.ToDictionary(r => KeyOf(r) ?? "", StringComparer.Ordinal);
        // Of several changes since, the first one tells how it read before all of them.
        foreach (var row in changed.DistinctBy(c => c.RowKey))
            if (JsonSerializer.Deserialize<T>(row.Values, Json) is { } read) rows[row.RowKey] = read;
        return [.. rows.Values.Where(r => since(r) is not { } from || from <= at)];
    }

    private static string? KeyOf(object entity) => entity switch
    {
        RoleBinding binding => binding.Id.ToString("D"),
        GroupMember member => $"{member.GroupId:D}/{member.MemberId:D}",
        CustomRole role => role.Id.ToString("D"),
        AccessRule rule => rule.Id.ToString("D"),
        _ => null,
    };
}
