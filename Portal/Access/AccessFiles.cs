using Hexabase.Portal.Hosting;

namespace Hexabase.Portal.Access;

/// <summary>Members and tokens as files; a token's text is not among what the portal knows.</summary>
internal static class AccessFiles
{
    public static readonly ListFile<PersonRow> People = new(
        "people",
        ("displayName", p => p.DisplayName), ("userName", p => p.UserName), ("roles", p => ListCell.Many(p.Roles)), ("isActive", p => ListCell.Of(p.IsActive)),
        ("joinedAtUtc", p => ListCell.Utc(p.JoinedAtUtc)), ("userId", p => p.UserId.ToString()), ("id", p => p.Id.ToString()));

    public static readonly ListFile<ServiceAccounts.ServiceAccountRow> ServiceAccounts = new(
        "service-accounts",
        ("name", a => a.Name), ("description", a => a.Description), ("role", a => a.Role), ("owner", a => a.OwnerName), ("isActive", a => ListCell.Of(a.IsActive)), ("lastUsedAtUtc", a => ListCell.Utc(a.LastUsedAtUtc)),
        ("createdAtUtc", a => ListCell.Utc(a.CreatedAtUtc)), ("id", a => a.Id.ToString()));

    public static readonly ListFile<TokenRow> Tokens = new(
        "tokens",
        ("name", t => t.Name), ("hint", t => t.Hint), ("role", t => t.Role), ("scopes", t => ListCell.Many(t.Scopes)), ("ownerUserId", t => t.OwnerUserId?.ToString()),
        ("createdAtUtc", t => ListCell.Utc(t.CreatedAtUtc)), ("expiresAtUtc", t => ListCell.Utc(t.ExpiresAtUtc)), ("revokedAtUtc", t => ListCell.Utc(t.RevokedAtUtc)),
        ("lastUsedAtUtc", t => ListCell.Utc(t.LastUsedAtUtc)), ("id", t => t.Id.ToString()));
}
