using Hexabase.Portal.Access.Bindings;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Reviews;

/// <summary>Makes the items of a review: every binding of its scope that holds now, with what a reviewer has to know of it.</summary>
internal sealed class ReviewSnapshot(WriteScope scope, AccessReview review)
{
    /// <summary>What one transaction enforces and a reviewer can be asked to look through.</summary>
    public const int MaxItems = 2000;

    public async Task<Result<List<AccessReviewItem>>> TakeAsync(CancellationToken cancellationToken)
    {
        var places = await ReviewPlaces.LoadAsync(scope, cancellationToken);
        var bindings = await BindingsAsync(places, cancellationToken);
        if (bindings.Count == 0) return Problem.Refused("review.empty", "Nobody holds a role there, so there is nothing to review. Choose a wider place or another role.");
        if (bindings.Count > MaxItems) return Problem.Refused("review.tooLarge", $"{bindings.Count} bindings are more than one review holds ({MaxItems}). Choose a narrower place, or review role by role.", bindings.Count, MaxItems);
        var rows = (await BindingRow.OfAsync(scope, bindings, cancellationToken)).ToDictionary(r => r.Id);
        var principals = await ReviewPrincipals.LoadAsync(scope, [.. bindings.Select(b => (b.PrincipalKind, b.PrincipalId))], cancellationToken);
        var roles = await RoleLookup.OfKeysAsync(scope, bindings.Select(b => b.Role), cancellationToken);
        var use = await LastUse.LoadAsync(scope, [.. bindings.SelectMany(b => principals.Holders(b.PrincipalKind, b.PrincipalId))], cancellationToken);
        var members = await MembersAsync(cancellationToken);
        var starter = (await ReviewCaller.OfAsync(scope, cancellationToken)).UserId;
        if (starter is { } person && !members.ContainsValue(person)) starter = null;
        var items = new List<AccessReviewItem>(bindings.Count);
        // The same role at the same place is the same question.
        var beyond = new Dictionary<(string, GrantScope, Guid?, string?), bool>();
        foreach (var binding in bindings)
        {
            var (row, reach) = (rows[binding.Id], places.SpendReach(binding.Scope, binding.ScopeId));
            var first = review.ReviewerRule == ReviewerRule.Member ? review.ReviewerUserId : OwnerOf(places, members, binding);
            // Nobody is asked about their own access: then who started it decides, and if it is theirs, too, any other administrator.
            Guid? reviewer = new[] { first, starter }.FirstOrDefault(u => u is not null && !principals.IsOwn(binding.PrincipalKind, binding.PrincipalId, u));
            var asked = (binding.Role, binding.Scope, binding.ScopeId, binding.Conditions);
            if (!beyond.TryGetValue(asked, out var isBeyond)) beyond[asked] = isBeyond = await Authority.RefusesAsync(scope, binding, cancellationToken) is not null;
            items.Add(new AccessReviewItem
            {
                Id = Ids.New(), OrganizationId = scope.OrganizationId, ReviewId = review.Id, BindingId = binding.Id, PrincipalKind = binding.PrincipalKind, PrincipalId = binding.PrincipalId,
                PrincipalName = row.PrincipalName ?? principals.AccountName(binding.PrincipalId), Members = principals.Members(binding.PrincipalKind, binding.PrincipalId),
                Role = binding.Role, RoleSlug = row.Role, RoleName = row.RoleName, Scope = binding.Scope, ScopeId = binding.ScopeId, PlaceName = row.PlaceName, Condition = binding.Conditions, ExpiresAtUtc = binding.ExpiresAtUtc,
                GrantedAtUtc = binding.CreatedAtUtc, ReviewerUserId = reviewer,
                LastUseOn = roles.TryGetValue(binding.Role, out var role) ? use.Of(principals.Holders(binding.PrincipalKind, binding.PrincipalId), role, places.Within(binding.Scope, binding.ScopeId)) : null,
                SpendReach = reach?.Limit, SpendCurrency = reach?.Currency, IsBeyondStarter = isBeyond,
            });
        }

        return items;
    }

    private async Task<List<RoleBinding>> BindingsAsync(ReviewPlaces places, CancellationToken cancellationToken)
    {
        var held = scope.Db.Set<RoleBinding>().AsNoTracking().Where(b => b.OrganizationId == scope.OrganizationId && b.Scope != GrantScope.Platform && (b.ExpiresAtUtc == null || b.ExpiresAtUtc > scope.NowUtc));
        if (review.Role is { } role) held = held.Where(b => b.Role == role);
        var bindings = await held.OrderBy(b => b.Id).ToListAsync(cancellationToken);
        var within = review.Scope switch
        {
            ReviewScope.BusinessUnit => places.Within(GrantScope.BusinessUnit, review.ScopeId),
            ReviewScope.Workspace => places.Within(GrantScope.Workspace, review.ScopeId),
            ReviewScope.Project => places.Within(GrantScope.Project, review.ScopeId),
            _ => null,
        };
        return within is null ? bindings : bindings.FindAll(b => b.ScopeId is { } at && within.Contains(at));
    }

    private static Guid? OwnerOf(ReviewPlaces places, Dictionary<string, Guid> members, RoleBinding binding) =>
        places.OwnerOf(binding.Scope, binding.ScopeId) is { Length: > 0 } owner && members.TryGetValue(UserNames.Normalize(owner.Trim()), out var user) ? user : null;

    /// <summary>Active members by normalized user name.</summary>
    private async Task<Dictionary<string, Guid>> MembersAsync(CancellationToken cancellationToken)
    {
        var members = await scope.Db.Set<Member>().Where(m => m.OrganizationId == scope.OrganizationId && m.IsActive).OrderBy(m => m.Id).Select(m => new { m.UserName, m.UserId }).ToListAsync(cancellationToken);
        return members.DistinctBy(m => UserNames.Normalize(m.UserName), StringComparer.Ordinal).ToDictionary(m => UserNames.Normalize(m.UserName), m => m.UserId, StringComparer.Ordinal);
    }
}

/// <summary>A review takes away what those who run it could take away themselves, nothing else.</summary>
internal static class Authority
{
    public static async Task<Problem?> RefusesAsync(ReadScope scope, RoleBinding binding, CancellationToken cancellationToken)
    {
        var place = await BindingPlace.FindAsync(scope, binding.Scope, binding.ScopeId?.ToString("D"), cancellationToken) ?? new AccessTarget(scope.OrganizationId);
        return await Granting.RefusesTakingAsync(scope, [binding], place, cancellationToken);
    }
}
