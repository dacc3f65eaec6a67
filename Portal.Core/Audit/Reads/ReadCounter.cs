using System.Collections.Concurrent;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

#pragma warning disable RS0030 // Counts are no change that anybody made; there is no command for them.

namespace Hexabase.Portal.Audit.Reads;

/// <summary>Counts ordinary reads in memory and adds them up in the database twice a minute. A process that is killed loses its last half minute of counts, nothing else.</summary>
public sealed class ReadCounter(PortalDatabase database, TimeProvider clock, ILogger<ReadCounter> log) : BackgroundService
{
    private const int MaxKept = 100_000;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);
    private ConcurrentDictionary<Key, long> _counts = new();

    internal void Count(Actor actor, Permission permission, Guid organizationId, AccessTarget? target)
    {
        // The portal's own parts read for themselves.
        if (actor.Kind is ActorKind.System or ActorKind.Anonymous || _counts.Count >= MaxKept) return;
        var scope = target?.ProjectId ?? target?.WorkspaceId ?? (target?.BusinessUnitIds is [var unit, ..] ? unit : Guid.Empty);
        _counts.AddOrUpdate(new Key(organizationId, actor.Id, permission, scope, DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime)), 1, static (_, count) => count + 1);
    }

    /// <summary>Adds what was counted to the database now; what cannot be written is kept for the next time.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (_counts.IsEmpty) return;
        var counts = Interlocked.Exchange(ref _counts, new());
        foreach (var chunk in counts.OrderBy(c => c.Key.OrganizationId).ThenBy(c => c.Key.UserId).ThenBy(c => c.Key.Permission.ToString(), StringComparer.Ordinal).ThenBy(c => c.Key.ScopeId).Chunk(500))
        {
            try
            {
                await AddAsync(chunk, cancellationToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                log.LogWarning("Counts of reads are written later: {Reason}", e.Message);
                foreach (var (key, count) in chunk) _counts.AddOrUpdate(key, count, (_, more) => more + count);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await FlushAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await FlushAsync(CancellationToken.None);
        }
    }

    private async Task AddAsync(KeyValuePair<Key, long>[] counts, CancellationToken cancellationToken)
    {
        await using var open = await database.OpenAsync(DataScope.Platform, forWriting: true, cancellationToken);
        foreach (var (key, count) in counts)
        {
            var permission = key.Permission.ToString();
            var added = await open.Db.Set<ReadCount>()
                .Where(c => c.OrganizationId == key.OrganizationId && c.Day == key.Day && c.UserId == key.UserId && c.Permission == permission && c.ScopeId == key.ScopeId)
                .ExecuteUpdateAsync(s => s.SetProperty(c => c.Reads, c => c.Reads + count), cancellationToken);
            if (added == 0) open.Db.Add(new ReadCount { OrganizationId = key.OrganizationId, UserId = key.UserId, Permission = permission, ScopeId = key.ScopeId, Day = key.Day, Reads = count });
        }

        await open.Db.SaveChangesAsync(cancellationToken);
        await open.CommitAsync(cancellationToken);
    }

    private readonly record struct Key(Guid OrganizationId, Guid UserId, Permission Permission, Guid ScopeId, DateOnly Day);
}
