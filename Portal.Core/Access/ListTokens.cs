using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access;

/// <summary>The tokens of an organization that hold or ended in the last 90 days, newest first. The cursor is the last row's id.</summary>
public sealed record ListTokens(string Org, PageRequest Page) : Query<Paged<TokenRow>>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => AccessPermissions.ReadTokens;

    public override Task<Result<Paged<TokenRow>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken) =>
        TokenList.ReadAsync(scope, scope.OrganizationId, Page, cancellationToken);
}

/// <summary>The tokens of service administrators.</summary>
public sealed record ListPlatformTokens(PageRequest Page) : Query<Paged<TokenRow>>
{
    public override Permission? Permission => AccessPermissions.PlatformTokens;

    public override Task<Result<Paged<TokenRow>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken) =>
        TokenList.ReadAsync(scope, Guid.Empty, Page, cancellationToken);
}

/// <summary>One token of an organization.</summary>
public sealed record GetToken(string Org, Guid Id) : Query<TokenRow>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => AccessPermissions.ReadTokens;

    public override async Task<Result<TokenRow>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var token = await scope.Db.Set<ApiToken>().SingleOrDefaultAsync(t => t.Id == Id, cancellationToken);
        if (token is null) return Problem.NotFound("token");
        var used = await scope.Db.Set<ApiTokenUse>().Where(u => u.Id == Id).Select(u => (DateTime?)u.LastUsedAtUtc).SingleOrDefaultAsync(cancellationToken);
        return TokenMaker.ToRow(token, used, await Roles.RoleLookup.ShownAsync(scope, token.Role, cancellationToken));
    }
}

internal static class TokenList
{
    public static async Task<Result<Paged<TokenRow>>> ReadAsync(ReadScope scope, Guid organizationId, PageRequest page, CancellationToken cancellationToken)
    {
        if (!PageKey.TryRead(page, out var after, out var problem)) return problem;
        var since = scope.NowUtc.AddDays(-90);
        var tokens = scope.Db.Set<ApiToken>().Where(t => t.OrganizationId == organizationId && t.ExpiresAtUtc > since && (t.RevokedAtUtc == null || t.RevokedAtUtc > since));
        if (after is { } id)
        {
            var at = await scope.Db.Set<ApiToken>().Where(t => t.Id == id).Select(t => (DateTime?)t.CreatedAtUtc).SingleOrDefaultAsync(cancellationToken);
            if (at is null) return PageKey.Unreadable;
            tokens = tokens.Where(t => t.CreatedAtUtc < at || (t.CreatedAtUtc == at && t.Id.CompareTo(id) < 0));
        }

        var rows = await tokens.OrderByDescending(t => t.CreatedAtUtc).ThenByDescending(t => t.Id).Take(page.Limit + 1).ToListAsync(cancellationToken);
        var ids = rows.Select(t => t.Id).ToList();
        var uses = await scope.Db.Set<ApiTokenUse>().Where(u => ids.Contains(u.Id)).ToDictionaryAsync(u => u.Id, u => u.LastUsedAtUtc, cancellationToken);
        var own = await Roles.RoleLookup.NamesAsync(scope, rows.Select(t => t.Role), cancellationToken);
        return PageKey.Cut(rows.ConvertAll(t => TokenMaker.ToRow(t, uses.TryGetValue(t.Id, out var used) ? used : null, Roles.RoleLookup.Shown(t.Role, own))), page, t => t.Id);
    }
}

/// <summary>Cursors that are the last row's id.</summary>
internal static class PageKey
{
    public static Problem Unreadable { get; } = Problem.Invalid("cursor", "cursor.unreadable", "The cursor is not one that this list gave out.");

    public static bool TryRead(PageRequest page, out Guid? after, [System.Diagnostics.CodeAnalysis.NotNullWhen(false)] out Problem? problem)
    {
        (after, problem) = (null, null);
        if (page.Cursor is null) return true;
        if (Guid.TryParseExact(page.Cursor, "N", out var id))
        {
            after = id;
            return true;
        }

        problem = Unreadable;
        return false;
    }

    public static Paged<T> Cut<T>(List<T> rows, PageRequest page, Func<T, Guid> id)
    {
        if (rows.Count <= page.Limit) return new Paged<T>(rows, null);
        rows.RemoveRange(page.Limit, rows.Count - page.Limit);
        return new Paged<T>(rows, id(rows[^1]).ToString("N"));
    }
}
