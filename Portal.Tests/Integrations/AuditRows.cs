using System.Text.Json;
using Hexabase.Portal.Audit;
using Hexabase.Portal.Integrations.Siem;

namespace Hexabase.Portal.Integrations;

/// <summary>Audit entries of tests.</summary>
internal static class AuditRows
{
    public static readonly Guid Tenant = Guid.Parse("0197d5f4-0000-7000-8000-000000000001");

    public static AuditEntryRow Of(long index, AuditStatus status = AuditStatus.Success, string? reason = null, string action = "budget.change") => new(
        new Guid(0x0197d5f5, 0, 0x7000, [0x80, 0, 0, 0, .. BitConverter.GetBytes((int)index).Reverse()]), index + 1, new DateTime(2026, 5, 1, 9, 0, 0, DateTimeKind.Utc).AddMilliseconds(index), Tenant,
        Guid.Parse("0197d5f4-0000-7000-8000-000000000002"), "mori@example.com", "person", action, $"budget/b-{index}", "budget", $"b-{index}", "Monthly cloud spend", null,
        JsonElement.Parse("""{"monthlyLimit":"1000.00"}"""), JsonElement.Parse("""{"monthlyLimit":"1200.00"}"""), "192.0.2.7", status, reason, null, Guid.Parse("0197d5f4-0000-7000-8000-000000000003"), $"req-{index}",
        Guid.Parse("0197d5f4-0000-7000-8000-000000000004"), "Mozilla/5.0", "budgets:write", "organization", JsonElement.Parse("""{"allowed":true,"role":"orgAdmin"}"""), "portal", index,
        new DateTime(2026, 5, 1, 9, 0, 0, DateTimeKind.Utc).AddMilliseconds(index));
}

/// <summary>A log in memory that can grow.</summary>
internal sealed class MemoryFeed(long size = 0) : IAuditFeed
{
    private long _size = size;

    public Func<long, AuditEntryRow> Entry { get; set; } = i => AuditRows.Of(i);

    public long Size
    {
        get => Interlocked.Read(ref _size);
        set => Interlocked.Exchange(ref _size, value);
    }

    public Task<FeedPage> ReadAsync(Guid organizationId, long fromIndex, int limit, CancellationToken cancellationToken)
    {
        var to = Math.Max(fromIndex, Math.Min(fromIndex + limit, Size));
        var rows = new List<AuditEntryRow>();
        for (var i = fromIndex; i < to; i++) rows.Add(Entry(i));
        return Task.FromResult(new FeedPage(rows, to, [(0, 202605)]));
    }
}
