using Hexabase.Portal.Audit.Log;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Integrations.Siem;

public enum AuditSinkState
{
    Active,
    Paused,

    /// <summary>Several attempts in a row have failed; it goes on trying.</summary>
    Failing,
}

/// <summary>Where a sink stands.</summary>
/// <param name="NextSequence">The number that the next entry of the live stream gets.</param>
/// <param name="NextIndex">Log index up to which (exclusive) everything is acknowledged, filtered out or a dead letter.</param>
/// <param name="SentIndex">Log index behind the last entry handed over.</param>
/// <param name="LagEntries">Entries of the log that have not been handed over.</param>
/// <param name="LagSeconds">Age of the oldest of them; null = none.</param>
/// <param name="DeadLetters">Open ones.</param>
/// <param name="Minutes">Delivered events per minute of the last hour, the running minute first.</param>
public sealed record SinkStanding(
    long NextSequence, long NextIndex, long SentIndex, long LogSize, long LagEntries, double? LagSeconds, long Delivered, long FilteredOut, int DeadLetters, IReadOnlyList<long> Minutes,
    DateTime? LastDeliveredAtUtc, string? LastErrorCode, string? LastError, DateTime? LastErrorAtUtc, DateTime? NextAttemptAtUtc, string? Worker);

/// <summary>A sink as lists and forms show it; secrets are not in it.</summary>
public sealed record AuditSinkRow(
    Guid Id, string Slug, string Name, AuditSinkKind Kind, string Address, string Format, string Filter, AuditSinkSettings Settings, bool HasCredential, string? CaPem, string? ClientCertificatePem, bool HasClientKey,
    AuditSinkState State, SinkStanding Standing, DateTime CreatedAtUtc, DateTime ChangedAtUtc, long Version)
{
    internal static async Task<IReadOnlyList<AuditSinkRow>> LoadAsync(ReadScope scope, IQueryable<AuditSink> sinks, CancellationToken cancellationToken)
    {
        var found = await sinks.Join(scope.Db.Set<AuditSinkProgress>(), s => s.Id, p => p.SinkId, (s, p) => new { Sink = s, Progress = p }).ToListAsync(cancellationToken);
        var ids = found.ConvertAll(f => f.Sink.Id);
        var letters = await scope.Db.Set<AuditSinkDeadLetter>().Where(d => ids.Contains(d.SinkId) && d.State == DeadLetterState.Open).GroupBy(d => d.SinkId).Select(g => new { g.Key, Count = g.Count() })
            .ToDictionaryAsync(g => g.Key, g => g.Count, cancellationToken);
        var size = await AuditLogReader.SizeAsync(scope.Db, scope.OrganizationId, cancellationToken);
        var rows = new List<AuditSinkRow>(found.Count);
        foreach (var f in found)
        {
            var sent = Math.Max(f.Progress.SentIndex, f.Progress.NextIndex);
            var waiting = sent < size
                ? await scope.Db.Set<AuditLeaf>().Where(l => l.OrganizationId == scope.OrganizationId && l.Index == sent).Select(l => (DateTime?)l.SequencedAtUtc).SingleOrDefaultAsync(cancellationToken)
                : null;
            rows.Add(Of(f.Sink, f.Progress, letters.GetValueOrDefault(f.Sink.Id), size, sent, waiting, scope.NowUtc));
        }

        return rows;
    }

    private static AuditSinkRow Of(AuditSink s, AuditSinkProgress p, int letters, long size, long sent, DateTime? waitingSince, DateTime now)
    {
        var state = s.IsPaused ? AuditSinkState.Paused : p.FailingSinceUtc is not null ? AuditSinkState.Failing : AuditSinkState.Active;
        var error = p.Failures > 0 || s.IsPaused;
        var standing = new SinkStanding(
            p.NextSequence, p.NextIndex, sent, size, Math.Max(0, size - sent), waitingSince is { } since ? Math.Max(0, (now - since).TotalSeconds) : null, p.Delivered, p.FilteredOut, letters,
            SinkLedger.Minutes.Read(p.Minutes, now), p.LastDeliveredAtUtc, p.LastErrorCode, p.LastError, p.LastErrorAtUtc, error ? p.NextAttemptAtUtc : null, p.LeaseUntilUtc > now ? p.LeaseOwner : null);
        return new AuditSinkRow(
            s.Id, s.Slug, s.Name, s.Kind, s.Address, s.Format, s.ReadFilters() is [.., var newest] ? newest.Filter : "", s.ReadSettings(), s.Credential is not null, s.CaPem, s.ClientCertificatePem, s.ClientKey is not null,
            state, standing, s.CreatedAtUtc, s.ChangedAtUtc, Math.Max(1, s.Version));
    }
}

internal static class SinkLookup
{
    /// <summary>By id or slug; removed ones are not found.</summary>
    public static IQueryable<AuditSink> Find(ReadScope scope, string key)
    {
        var sinks = scope.Db.Set<AuditSink>().Where(s => s.OrganizationId == scope.OrganizationId && s.RemovedAtUtc == null);
        return Guid.TryParseExact(key, "D", out var id) ? sinks.Where(s => s.Id == id) : sinks.Where(s => s.Slug == key);
    }

    public static async Task<Result<AuditSinkRow>> RowAsync(ReadScope scope, string key, CancellationToken cancellationToken) =>
        await AuditSinkRow.LoadAsync(scope, Find(scope, key), cancellationToken) is [var row] ? row : Problem.NotFound("auditSink");

    /// <summary>What an audit entry says of a sink: everything but secrets.</summary>
    public static object View(AuditSink s) => new
    {
        s.Name, s.Kind, s.Address, s.Format, Filter = s.ReadFilters() is [.., var newest] ? newest.Filter : "", Settings = s.ReadSettings(), s.CaPem, s.ClientCertificatePem,
        Credential = s.Credential is null ? null : "(secret)", ClientKey = s.ClientKey is null ? null : "(secret)", s.IsPaused,
    };
}
