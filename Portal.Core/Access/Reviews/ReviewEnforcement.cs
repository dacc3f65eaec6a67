using Hexabase.Portal.Access.Bindings;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Access.Rules;
using Hexabase.Portal.Audit;
using Hexabase.Portal.Audit.Persons;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Workspaces;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Reviews;

/// <summary>Carries out what a review came to, item by item; each role that goes leaves an audit entry of its own, as if it had been taken away by hand.</summary>
internal sealed class ReviewEnforcement(WriteScope scope, AccessReview review)
{
    private const int Chunk = 500;

    public static RoleBinding BindingOf(AccessReviewItem item) => new()
    {
        Id = item.BindingId, OrganizationId = item.OrganizationId, PrincipalKind = item.PrincipalKind, PrincipalId = item.PrincipalId, Role = item.Role, Scope = item.Scope, ScopeId = item.ScopeId,
        Conditions = item.Condition, ExpiresAtUtc = item.ExpiresAtUtc, CreatedAtUtc = item.GrantedAtUtc,
    };

    public async Task RunAsync(IReadOnlyList<AccessReviewItem> items, CancellationToken cancellationToken)
    {
        var bindings = new Dictionary<Guid, RoleBinding>();
        foreach (var some in items.Select(i => i.BindingId).Chunk(Chunk))
        {
            var ids = some.ToList();
            foreach (var binding in await scope.Db.Set<RoleBinding>().Where(b => b.OrganizationId == scope.OrganizationId && ids.Contains(b.Id)).ToListAsync(cancellationToken)) bindings[binding.Id] = binding;
        }

        var roles = await RoleLookup.OfKeysAsync(scope, items.Select(i => i.Role), cancellationToken);
        var changes = scope.Db.ChangeTracker;
        // Thousands of rows are looked through once at the end, not once for each that goes.
        changes.AutoDetectChangesEnabled = false;
        try
        {
            foreach (var item in items)
            {
                var (outcome, effect) = bindings.TryGetValue(item.BindingId, out var binding) ? await EnforceAsync(item, binding, roles.GetValueOrDefault(item.Role), cancellationToken) : (ReviewOutcome.Superseded, (ReviewEffect?)null);
                (item.Outcome, item.Effect, item.OutcomeAtUtc) = (outcome, effect, scope.NowUtc);
            }
        }
        finally
        {
            changes.AutoDetectChangesEnabled = true;
        }
    }

    private async Task<(ReviewOutcome Outcome, ReviewEffect? Effect)> EnforceAsync(AccessReviewItem item, RoleBinding binding, Role? role, CancellationToken cancellationToken)
    {
        var outcome = item.Decision == ReviewDecision.None ? ReviewOutcome.Missed : ReviewOutcome.Enforced;
        var missed = item.Decision == ReviewDecision.None ? review.Missed : MissedRule.Remove;
        var stays = item.Decision == ReviewDecision.Keep || missed == MissedRule.Keep || (missed == MissedRule.Reduce && binding.Role == BuiltInRoles.OrgUser);
        if (stays) return (outcome, ReviewEffect.Kept);
        // The portal, when a review is due, has no more authority than who started it.
        if (item.IsBeyondStarter && (scope.Actor.Kind == ActorKind.System || await Authority.RefusesAsync(scope, binding, cancellationToken) is not null)) return (ReviewOutcome.KeptBeyondAuthority, ReviewEffect.Kept);
        var less = missed == MissedRule.Reduce ? await LessAsync(binding, role, cancellationToken) : null;
        if (await BindingRemoval.TakeAsync(scope, binding, less, cancellationToken) is not null) return (ReviewOutcome.KeptLastAdministrator, ReviewEffect.Kept);
        if (less is not null) scope.Db.Add(less);
        await WriteEntryAsync(item, binding, less, cancellationToken);
        return (outcome, less is null ? ReviewEffect.Removed : ReviewEffect.Reduced);
    }

    /// <summary>Org User at the same place under the same condition; null where that would be more than the role was, is held there already or may not stand beside another.</summary>
    private async Task<RoleBinding?> LessAsync(RoleBinding binding, Role? role, CancellationToken cancellationToken)
    {
        if (role is null || BuiltInRoles.Find(BuiltInRoles.OrgUser) is not { } user || !role.Covers(user)) return null;
        var less = new RoleBinding
        {
            Id = Ids.New(), OrganizationId = binding.OrganizationId, PrincipalKind = binding.PrincipalKind, PrincipalId = binding.PrincipalId, Role = user.Name, Scope = binding.Scope, ScopeId = binding.ScopeId,
            Conditions = binding.Conditions, ExpiresAtUtc = binding.ExpiresAtUtc, CreatedAtUtc = scope.NowUtc,
        };
        bool IsSame(RoleBinding b) => b.PrincipalId == less.PrincipalId && b.PrincipalKind == less.PrincipalKind && b.Role == less.Role && b.Scope == less.Scope && b.ScopeId == less.ScopeId && b.Conditions == less.Conditions && b.ExpiresAtUtc == less.ExpiresAtUtc;
        var held = await scope.Db.Set<RoleBinding>().Where(b => b.OrganizationId == binding.OrganizationId && b.PrincipalKind == binding.PrincipalKind && b.PrincipalId == binding.PrincipalId && b.Role == user.Name).ToListAsync(cancellationToken);
        if (held.Exists(b => IsSame(b) && scope.Db.Entry(b).State != EntityState.Deleted) || scope.Db.ChangeTracker.Entries<RoleBinding>().Any(e => e.State == EntityState.Added && IsSame(e.Entity))) return null;
        var members = await ReviewPrincipals.MemberIdsAsync(scope, binding.PrincipalKind, binding.PrincipalId, cancellationToken);
        return await SeparatedRoles.RefusesAsync(scope, user.Name, members, [binding], cancellationToken) is null ? less : null;
    }

    private async Task WriteEntryAsync(AccessReviewItem item, RoleBinding binding, RoleBinding? less, CancellationToken cancellationToken)
    {
        var kind = binding.PrincipalKind switch { PrincipalKind.Group => "group", PrincipalKind.ServiceAccount => "serviceAccount", _ => "user" };
        var before = new { binding.Id, binding.Role, Scope = Words.Of(binding.Scope), binding.ScopeId, binding.Conditions, binding.ExpiresAtUtc };
        var after = new { AccessReview = review.Id, Item = item.Id, Decision = Words.Of(item.Decision), ReducedTo = less?.Role };
        var json = System.Text.Json.JsonSerializerOptions.Web;
        var values = new ChangedValues(System.Text.Json.JsonSerializer.Serialize(before, json), System.Text.Json.JsonSerializer.Serialize(after, json), null, null, null);
        var draft = AuditWriter.Entry(scope.Actor, scope.OrganizationId, "roleBinding.remove", AuditStatus.Success, item.Reason, null, scope.NowUtc, new AuditSubject(kind, binding.PrincipalId.ToString(), item.PrincipalName ?? "", null), values, item.DecidedBy);
        scope.Db.Add(await scope.Service<AuditSealer>().SealAsync(scope.Db, draft, cancellationToken));
    }
}
