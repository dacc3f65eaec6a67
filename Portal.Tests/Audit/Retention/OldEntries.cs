using Hexabase.Portal.Audit.Persons;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Hexabase.Portal.Support;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Audit.Retention;

/// <summary>Entries as the portal would have written them then.</summary>
internal static class OldEntries
{
    /// <summary>The first day of a month whose entries of the 90-day class have long reached their horizon.</summary>
    public static DateTime LongAgo
    {
        get
        {
            var then = TimeProvider.System.GetUtcNow().UtcDateTime.AddMonths(-7);
            return new DateTime(then.Year, then.Month, 1, 0, 0, 0, DateTimeKind.Utc);
        }
    }

    public static async Task WriteAsync(IServiceProvider services, Guid organizationId, Actor actor, DateTime at, int count, string action, int days = 90)
    {
        var stop = TestContext.Current.CancellationToken;
        await using var open = await services.GetRequiredService<PortalDatabase>().OpenAsync(DataScope.Of(organizationId), forWriting: true, stop);
        var sealer = services.GetRequiredService<AuditSealer>();
        for (var i = 0; i < count; i++)
        {
            var draft = AuditWriter.Entry(actor, organizationId, action, AuditStatus.Success, null, null, at);
            var old = new AuditEntry
            {
                Id = Guid.CreateVersion7(at.AddSeconds(i)),
                OrganizationId = organizationId,
                OccurredAtUtc = at,
                RecordedAtUtc = at,
                ActorKind = "person",
                UserId = actor.Id,
                Action = action,
                ResourceKind = "test",
                Status = AuditStatus.Success,
                Source = "portal",
            };
            await sealer.SealAsync(open.Db, draft with { Entry = old }, stop);
            old.RetentionDays = days;
            open.Db.Add(old);
        }

        await open.Db.SaveChangesAsync(stop);
        await open.CommitAsync(stop);
    }

    /// <summary>The same in a whole portal, until the entries stand under a signed checkpoint.</summary>
    public static async Task WriteAsync(WebPortal portal, string org, Actor actor, DateTime at, int count, string action, int days = 90)
    {
        var tenant = await portal.Services.GetRequiredService<OrganizationDirectory>().FindAsync(org, TestContext.Current.CancellationToken);
        await WriteAsync(portal.Services, tenant.ShouldNotBeNull().Id, actor, at, count, action, days);
        for (var i = 0; i < 200; i++)
        {
            var state = (await portal.GetAsync($"/api/v1/organizations/{org}/audit/state")).Json;
            if (state.GetProperty("waiting").GetInt64() == 0 && state.TryGetProperty("checkpointSize", out var size) && size.ToString() == state.GetProperty("treeSize").ToString()) return;
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        throw new TimeoutException("The entries did not get a signed checkpoint.");
    }
}
