using Hexabase.Portal.Data;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Scim;

/// <summary>Which comparisons of users the database answers by its columns.</summary>
internal static class ScimUserSearch
{
    public static ScimSearch<ScimUser> Of(PortalDbContext db, ScimFilter? filter) => filter is null ? ScimSearch<ScimUser>.All : ScimSearch<ScimUser>.Of(filter, leaf => Leaf(db, leaf));

    private static ScimSearch<ScimUser>? Leaf(PortalDbContext db, ScimFilter filter) => filter switch
    {
        ScimCompare compare => Compare(db, compare),
        ScimPresent { Path: { Extension: null, Sub: null } path } => Present(path),
        // One value must match all of the brackets: the address narrows, the rest is looked at afterwards.
        ScimValueFilter { Path: { Extension: null, Attribute.Name: "emails" } } chosen => Emails(db, chosen.Inner) is { } narrowed ? narrowed with { IsExact = false } : null,
        _ => null,
    };

    private static ScimSearch<ScimUser>? Compare(PortalDbContext db, ScimCompare compare)
    {
        // SQL Server's usual collations take letter case for nothing; what must be exact is looked at again.
        var caseCounts = db.Database.ProviderName?.Contains("Npgsql", StringComparison.Ordinal) == true;
        switch (compare.Path.ToString())
        {
            case "userName":
                return ScimSearch<ScimUser>.Text(u => u.UserNameKey, compare, upper: true);
            case "displayName":
                return ScimSearch<ScimUser>.Text(u => u.DisplayNameKey, compare, upper: true);
            case "externalId":
                return ScimSearch<ScimUser>.Text(u => u.ExternalId, compare, upper: false, caseCounts);
            case "id" when compare is { Operator: ScimOperator.Eq, Value: string text }:
                return Guid.TryParseExact(text, "D", out var id) && id.ToString() == text ? new(u => u.Id == id, true) : new(u => false, true);
            case "active" when compare.Value is bool flag:
                var active = compare.Operator == ScimOperator.Eq ? flag : !flag;
                return new(u => u.IsActive == active, true);
            case "meta.created":
                return ScimSearch<ScimUser>.Instant(u => u.CreatedAtUtc, compare);
            case "meta.lastModified":
                return ScimSearch<ScimUser>.Instant(u => u.ModifiedAtUtc, compare);
            case "emails" or "emails.value":
                return Email(db, compare);
            case "groups" or "groups.value" when compare is { Operator: ScimOperator.Eq, Value: string text } && Guid.TryParseExact(text, "D", out var group):
                return new(u => db.Set<Groups.GroupMember>().Any(g => g.MemberId == u.Id && g.GroupId == group), false);
            default:
                return null;
        }
    }

    private static ScimSearch<ScimUser>? Email(PortalDbContext db, ScimCompare compare)
    {
        if (compare.Value is not string text) return null;
        var key = text.ToUpperInvariant();
        return compare.Operator switch
        {
            ScimOperator.Eq => new(u => db.Set<ScimEmail>().Any(e => e.ScimUserId == u.Id && e.ValueKey == key), true),
            ScimOperator.Co => new(u => db.Set<ScimEmail>().Any(e => e.ScimUserId == u.Id && e.ValueKey.Contains(key)), true),
            ScimOperator.Sw => new(u => db.Set<ScimEmail>().Any(e => e.ScimUserId == u.Id && e.ValueKey.StartsWith(key)), true),
            ScimOperator.Ew => new(u => db.Set<ScimEmail>().Any(e => e.ScimUserId == u.Id && e.ValueKey.EndsWith(key)), true),
            _ => null,
        };
    }

    private static ScimSearch<ScimUser>? Emails(PortalDbContext db, ScimFilter inner) => inner switch
    {
        ScimAnd both => Emails(db, both.Left) ?? Emails(db, both.Right),
        ScimCompare { Path.Attribute.Name: "value" } compare => Email(db, compare),
        _ => null,
    };

    private static ScimSearch<ScimUser>? Present(ScimPath path) => path.Attribute?.Name switch
    {
        "userName" or "id" or "active" or "meta" or "schemas" => new(u => true, true),
        "displayName" => new(u => u.DisplayNameKey != null, true),
        "externalId" => new(u => u.ExternalId != null, true),
        _ => null,
    };
}
