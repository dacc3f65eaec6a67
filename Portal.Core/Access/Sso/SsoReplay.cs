using Hexabase.Portal.Data;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Sso;

/// <summary>One thing that was used and may not be used again before it expires by itself: an authorization code, a token's or an assertion's id. Only its hash is kept.</summary>
[NotAudited]
public sealed class SsoReplay
{
    public required Guid Id { get; init; }

    /// <summary>SHA-256 of kind, issuer and id (<see cref="ReplayKey"/>).</summary>
    public required byte[] KeyHash { get; init; }

    public required DateTime ExpiresAtUtc { get; init; }

    internal static void Configure(ModelBuilder model) => model.Entity<SsoReplay>(e =>
    {
        e.ToTable("sso_replays");
        e.HasGuard(TableGuard.PlatformOnly);
        e.HasIndex(x => x.KeyHash).IsUnique();
        e.HasIndex(x => x.ExpiresAtUtc);
        e.Property(x => x.KeyHash).HasMaxLength(32).IsFixedLength();
    });
}
