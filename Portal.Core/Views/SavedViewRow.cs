using Hexabase.Portal.Access;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Views;

/// <summary>A saved view as its reader sees it.</summary>
/// <param name="Page">The page's path below the organization: "workspaces".</param>
/// <param name="QueryString">What stands behind the question mark of the page's address.</param>
/// <param name="IsDefault">The reader's page opens with it.</param>
/// <param name="MayChange">The reader's own, or a shared one in the reader's care.</param>
public sealed record SavedViewRow(
    Guid Id, string Page, string Name, string QueryString, bool IsShared, bool IsMine, bool IsDefault, bool MayChange, string OwnerName, DateTime CreatedAtUtc, long Version)
{
    internal static SavedViewRow Of(SavedView v, ReadScope scope, bool isDefault, long version) => new(
        v.Id, v.Page, v.Name, v.QueryString, v.IsShared, v.OwnerId == scope.Actor.Id, isDefault, SavedViewPlace.MayChange(v, scope), v.OwnerName, v.CreatedAtUtc, version);
}

internal static class SavedViewPlace
{
    /// <summary>What the actor may see: their own and what is shared. Others' private views look like missing ones.</summary>
    public static IQueryable<SavedView> Visible(ReadScope scope)
    {
        var actor = scope.Actor.Id;
        return scope.Db.Set<SavedView>().Where(v => v.OwnerId == actor || v.IsShared);
    }

    public static bool MayChange(SavedView view, ReadScope scope) => view.OwnerId == scope.Actor.Id || (view.IsShared && AccessPolicy.May(scope.Actor, ViewsPermissions.Manage, scope.OrganizationId));

    /// <summary>The row for a change, with its version checked and the audit subject set.</summary>
    public static async Task<Result<SavedView>> ForChangeAsync(WriteScope scope, Guid id, long? expected, CancellationToken cancellationToken)
    {
        var view = await Visible(scope).SingleOrDefaultAsync(v => v.Id == id, cancellationToken);
        if (view is null) return Problem.NotFound("savedView");
        scope.Audit("savedView", view.Id, view.Name);
        if (!MayChange(view, scope)) return new Problem(ProblemKind.Forbidden, "savedView.notYours", "This view belongs to somebody else. Save one of your own under another name.");
        if (expected is { } version && version != view.Version) return Problem.Stale("savedView", view.Version);
        return view;
    }

    public static async Task<bool> IsDefaultAsync(ReadScope scope, Guid view, CancellationToken cancellationToken)
    {
        var actor = scope.Actor.Id;
        return await scope.Db.Set<SavedViewDefault>().AnyAsync(d => d.OwnerId == actor && d.ViewId == view, cancellationToken);
    }
}

/// <summary>What a saved view may hold.</summary>
internal static class SavedViewRules
{
    public static FieldError? CheckName(string? name, out string clean) => TextRule.Check("name", name, SavedView.MaxNameLength, out clean);

    /// <summary>Only what may stand behind a question mark (RFC 3986, section 3.4): no other page or site can hide in it.</summary>
    public static FieldError? CheckQuery(string? query, out string clean)
    {
        clean = (query ?? "").TrimStart('?');
        if (clean.Length > SavedView.MaxQueryLength)
            return new FieldError("queryString", "text.tooLong", $"queryString is {clean.Length} characters long; at most {SavedView.MaxQueryLength} fit.", Args: ["queryString", SavedView.MaxQueryLength]);
        return clean.All(c => char.IsAsciiLetterOrDigit(c) || "-._~!$&'()*+,;=:@/?%".Contains(c, StringComparison.Ordinal))
            ? null
            : new FieldError("queryString", "savedView.query", "queryString holds a character that cannot stand in the query of an address.");
    }

    /// <summary>A path of lower-case words: "workspaces", "audit", "reports/costs".</summary>
    public static FieldError? CheckPage(string? page) => page is { Length: > 0 and <= 80 } && page.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '/') && page[0] != '/' && !page.Contains("//", StringComparison.Ordinal)
        ? null
        : new FieldError("page", "savedView.page", "page is the path of a list below the organization, such as \"workspaces\".");
}
