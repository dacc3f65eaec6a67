using System.Security.Cryptography;
using System.Text.Json;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Hexabase.Portal.Access.Sso.Connections;

/// <summary>An attempt as administrators see it.</summary>
/// <param name="Facts">JSON of what the provider said, redacted.</param>
public sealed record SsoAttemptRow(Guid Id, DateTime AtUtc, Guid? ConnectionId, string? ConnectionName, string Step, bool Succeeded, bool IsTest, string Reference, string? Code, string? Message, string? Came, string? Change, JsonElement? Facts, Guid? MemberId);

/// <summary>Attempts to sign in of the last 30 days, newest first; filter is the short code that a person was shown.</summary>
public sealed record ListSsoAttempts(string Org, PageRequest Page, bool FailuresOnly = false) : Query<Paged<SsoAttemptRow>>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => SsoPermissions.Read;

    public override async Task<Result<Paged<SsoAttemptRow>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        if (!PageKey.TryRead(Page, out var after, out var problem)) return problem;
        var attempts = scope.Db.Set<SsoAttempt>().AsQueryable();
        if (FailuresOnly) attempts = attempts.Where(a => !a.Succeeded);
        if (Page.Filter is { Length: > 0 and <= 20 } filter)
        {
            var reference = filter.Trim().ToUpperInvariant();
            attempts = attempts.Where(a => a.Reference == reference);
        }

        if (after is { } id) attempts = attempts.Where(a => a.Id.CompareTo(id) < 0);
        var rows = await attempts.OrderByDescending(a => a.Id).Take(Page.Limit + 1).ToListAsync(cancellationToken);
        var ids = rows.Select(r => r.ConnectionId).OfType<Guid>().Distinct().ToList();
        var names = await scope.Db.Set<SsoConnection>().Where(c => ids.Contains(c.Id)).ToDictionaryAsync(c => c.Id, c => c.Name, cancellationToken);
        return PageKey.Cut(rows.ConvertAll(a => Row(a, a.ConnectionId is { } c ? names.GetValueOrDefault(c) : null)), Page, a => a.Id);
    }

    private static SsoAttemptRow Row(SsoAttempt a, string? name) => new(
        a.Id, a.AtUtc, a.ConnectionId, name, a.Step, a.Succeeded, a.IsTest, a.Reference, a.Code, a.Message, a.Came, a.Change, a.Facts is null ? null : JsonElement.Parse(a.Facts), a.MemberId);
}

/// <summary>The trace of attempts. Written beside the attempt's own transaction, which a refusal rolls back.</summary>
public sealed class SsoTrace(PortalDatabase database, IOptions<SsoOptions> options, TimeProvider clock)
{
    private const string Alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

    /// <summary>A code that a person can read out; it opens nothing.</summary>
    public static string NewReference() => RandomNumberGenerator.GetString(Alphabet, 8);

    /// <returns>The short code.</returns>
    public async Task<string> WriteAsync(Guid organizationId, Guid? connectionId, string step, bool isTest, SsoRefusal? refusal, object? facts, Guid? memberId, CancellationToken cancellationToken)
    {
        var attempt = new SsoAttempt
        {
            Id = Ids.New(), OrganizationId = organizationId, ConnectionId = connectionId, AtUtc = clock.GetUtcNow().UtcDateTime, Step = step, Succeeded = refusal is null, IsTest = isTest, Reference = NewReference(),
            Code = AuditWriter.Clip(refusal?.Code, 100), Message = AuditWriter.Clip(refusal?.Message, 1000), Came = AuditWriter.Clip(refusal?.Came, 400), Change = AuditWriter.Clip(refusal?.Change, 1000),
            Facts = facts is null ? null : JsonSerializer.Serialize(facts, JsonSerializerOptions.Web), MemberId = memberId,
        };
        await using var open = await database.OpenAsync(DataScope.Of(organizationId), forWriting: true, cancellationToken);
        open.Db.Add(attempt);
#pragma warning disable RS0030 // A trace of what was attempted, not a change of anybody's data; the attempt itself has an audit entry.
        await open.Db.SaveChangesAsync(cancellationToken);
#pragma warning restore RS0030
        await open.CommitAsync(cancellationToken);
        return attempt.Reference;
    }

    /// <summary>Removes what is older than it is kept.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        await using var open = await database.OpenAsync(DataScope.Platform, forWriting: true, cancellationToken);
        var oldest = clock.GetUtcNow().UtcDateTime.AddDays(-options.Value.AttemptDays);
        await open.Db.Set<SsoAttempt>().Where(a => a.AtUtc < oldest).ExecuteDeleteAsync(cancellationToken);
        await open.CommitAsync(cancellationToken);
    }
}
