using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access;

/// <summary>
/// At the first start: makes the operator's token (PORTAL_BOOTSTRAP_TOKEN) a service administrator's. A token that is known already, even a
/// revoked one, is left as it is: the environment does not bring a revoked token back.
/// </summary>
public sealed record EnsureBootstrapToken(string Token) : Command<bool>
{
    public const int MinLength = 20;
    public const int MaxLength = 512;
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(3650);

    public override string Action => "token.bootstrap";

    public override Permission? Permission => AccessPermissions.PlatformOperate;

    /// <summary>Null when the text can be a bootstrap token; otherwise what is wrong with it.</summary>
    public static string? Complaint(string token) =>
        token.Length < MinLength ? $"PORTAL_BOOTSTRAP_TOKEN has {token.Length} characters; it needs at least {MinLength}. Set a longer random text, or leave it unset."
        : token.Length > MaxLength ? $"PORTAL_BOOTSTRAP_TOKEN has {token.Length} characters; at most {MaxLength} fit."
        : token.Any(c => c is <= ' ' or > '~') ? "PORTAL_BOOTSTRAP_TOKEN holds a character that an HTTP header cannot carry; use printable ASCII without spaces."
        : null;

    public override async Task<Result<bool>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (Complaint(Token) is { } complaint) return Problem.Refused("token.bootstrap", complaint);
        var hash = TokenText.Hash(Token);
        if (await scope.Db.Set<ApiToken>().AnyAsync(t => t.Hash == hash, cancellationToken)) return false;
        var token = new ApiToken
        {
            Id = Ids.New(),
            OrganizationId = Guid.Empty,
            Name = "bootstrap",
            Role = BuiltInRoles.ServiceAdmin,
            Hash = hash,
            Hint = TokenText.Hint(Token),
            CreatedAtUtc = scope.NowUtc,
            ExpiresAtUtc = scope.NowUtc + Lifetime,
        };
        scope.Db.Add(token);
        scope.Audit("token", token.Id, token.Name);
        scope.Touch(LiveTopic.Tokens, token.Id, 1);
        return true;
    }
}
