using System.Collections.Concurrent;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Organizations;

/// <summary>
/// Finds an organization by id or slug for the gateway. Answers are kept for a moment, because every request needs one; a change
/// of an organization clears them here at once and on other replicas by the live relay, at the latest after the moment.
/// </summary>
public sealed class OrganizationDirectory(PortalDatabase database, TimeProvider clock)
{
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(5);
    private readonly ConcurrentDictionary<string, (Tenant Tenant, long At)> _found = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="key">An id or a slug, as in the address.</param>
    public Task<Tenant?> FindAsync(string key, CancellationToken cancellationToken) => FindAsync(key, _ => true, cancellationToken);

    /// <summary>Only what the caller reaches; for the rest null, as for what does not exist, and after the same work: what is remembered is answered to those who reach it alone.</summary>
    public async Task<Tenant?> FindAsync(string key, Func<Guid, bool> reaches, CancellationToken cancellationToken) =>
        await FindAnyAsync(key, reaches, cancellationToken) is { } tenant && reaches(tenant.Id) ? tenant : null;

    private async Task<Tenant?> FindAnyAsync(string key, Func<Guid, bool> reaches, CancellationToken cancellationToken)
    {
        if (_found.TryGetValue(key, out var known) && clock.GetElapsedTime(known.At) < Moment && reaches(known.Tenant.Id)) return known.Tenant;
        if (key.Length is 0 or > Slug.MaxLength) return null;
        var isId = Guid.TryParseExact(key, "D", out var id);
        if (!isId && !key.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')) return null;
        var tenant = await database.ReadAsync(
            DataScope.Platform,
            db => db.Set<Organization>().Where(isId ? o => o.Id == id : o => o.Slug == key).Select(o => new Tenant(o.Id, o.Slug, o.Name, o.Plan == Plan.Team ? "team" : "enterprise", o.Currency, o.TimeZone, o.FiscalYearStartMonth, o.IsSample, o.Version)).SingleOrDefaultAsync(cancellationToken),
            cancellationToken);
        if (tenant is null) return null;
        if (_found.Count > 10_000) _found.Clear();
        _found[key] = (tenant, clock.GetTimestamp());
        return tenant;
    }

    /// <summary>Forgets what is known of the organization.</summary>
    public void Forget(Guid organizationId)
    {
        foreach (var (key, value) in _found)
        {
            if (value.Tenant.Id == organizationId) _found.TryRemove(key, out _);
        }
    }
}
