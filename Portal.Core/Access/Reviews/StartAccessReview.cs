using Hexabase.Portal.Access.Bindings;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Workspaces;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Reviews;

/// <summary>What a review is about and how it goes.</summary>
/// <param name="Scope">organization (default), businessUnit, workspace, project or role.</param>
/// <param name="Place">Id or slug of the unit, workspace or project.</param>
/// <param name="Role">For the scope role: a built-in role's name, or id or slug of one of the organization's own.</param>
/// <param name="ReviewerRule">owner (default) or member.</param>
/// <param name="Reviewer">For the rule member: user id, member id or user name.</param>
/// <param name="DueAtUtc">When it closes by itself; within a year.</param>
/// <param name="Missed">keep (default), remove or reduce.</param>
public sealed record ReviewInput(string? Name, DateTime? DueAtUtc, string? Scope = null, string? Place = null, string? Role = null, string? ReviewerRule = null, string? Reviewer = null, string? Missed = null);

/// <summary>Starts a review: each binding of its scope becomes an item that its reviewer decides on until the due date.</summary>
public sealed record StartAccessReview(string Org, ReviewInput Input) : Command<ReviewRow>
{
    private const int MaxDays = 366;

    public override string Action => "accessReview.start";

    public override string OrganizationKey => Org;

    public override Permission? Permission => ReviewsPermissions.Write;

    public override async Task<Result<ReviewRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var errors = new List<FieldError>();
        if (TextRule.Check("name", Input.Name, 200, out var name) is { } unnamed) errors.Add(unnamed);
        if (Input.DueAtUtc is not { } due || due <= scope.NowUtc || due > scope.NowUtc.AddDays(MaxDays))
            errors.Add(new FieldError("dueAtUtc", "review.due", $"dueAtUtc lies in the future, at most {MaxDays} days ahead.", Args: [MaxDays]));
        var missed = Words.Read("missed", Input.Missed, null, (MissedRule?)MissedRule.Keep, errors);
        var rule = Words.Read("reviewerRule", Input.ReviewerRule, null, (ReviewerRule?)Reviews.ReviewerRule.Owner, errors);
        var at = Words.Read("scope", Input.Scope, null, (ReviewScope?)ReviewScope.Organization, errors);
        var (scopeId, scopeName, role) = await ScopeAsync(scope, at, errors, cancellationToken);
        var reviewer = rule == Reviews.ReviewerRule.Member ? await ReviewerAsync(scope, errors, cancellationToken) : null;
        if (errors.Count > 0) return Problem.Invalid(errors);
        var review = new AccessReview
        {
            Id = Ids.New(), OrganizationId = scope.OrganizationId, Name = name, Scope = at, ScopeId = scopeId, Role = role, ScopeName = scopeName, ReviewerRule = rule, ReviewerUserId = reviewer,
            DueAtUtc = Input.DueAtUtc ?? scope.NowUtc, Missed = missed, StartedBy = scope.Actor.Id, StartedAtUtc = scope.NowUtc,
        };
        scope.Audit("accessReview", review.Id, review.Name);
        if (!(await new ReviewSnapshot(scope, review).TakeAsync(cancellationToken)).TryGet(out var items, out var problem)) return problem;
        scope.Db.Add(review);
        scope.Db.AddRange(items);
        scope.Audit("accessReview", review.Id, review.Name, newValue: new
        {
            review.Name, Scope = Words.Of(at), review.ScopeId, review.Role, ReviewerRule = Words.Of(rule), review.ReviewerUserId, review.DueAtUtc, Missed = Words.Of(missed), Items = items.Count,
        });
        scope.Touch(LiveTopic.Roles, review.Id, 1);
        return ReviewRow.Of(review, new ReviewProgress(items.Count, 0, 0), 1);
    }

    private async Task<(Guid? Id, string? Name, string? Role)> ScopeAsync(ReadScope scope, ReviewScope at, List<FieldError> errors, CancellationToken cancellationToken)
    {
        if (at == ReviewScope.Organization) return default;
        if (at == ReviewScope.Role)
        {
            // An archived role may still be held, and is reviewed all the more.
            var builtIn = BuiltInRoles.Assignable.FirstOrDefault(r => r.Name == Input.Role);
            var own = builtIn is null && !string.IsNullOrEmpty(Input.Role) ? await RoleLookup.Own(scope, Input.Role).AsNoTracking().SingleOrDefaultAsync(cancellationToken) : null;
            if (builtIn is null && own is null) errors.Add(RoleLookup.Unknown);
            return (null, own?.Name, builtIn?.Name ?? own?.Key);
        }

        var kind = at switch { ReviewScope.BusinessUnit => GrantScope.BusinessUnit, ReviewScope.Workspace => GrantScope.Workspace, _ => GrantScope.Project };
        var id = string.IsNullOrEmpty(Input.Place) ? null : await BindingPlace.IdAsync(scope, kind, Input.Place, cancellationToken);
        if (id is null)
        {
            errors.Add(new FieldError("place", "binding.place", "place names no business unit, workspace or project of the organization: give its id or slug."));
            return default;
        }

        var named = new RoleBinding { Id = Guid.Empty, OrganizationId = scope.OrganizationId, PrincipalKind = PrincipalKind.Person, PrincipalId = Guid.Empty, Role = "", Scope = kind, ScopeId = id, CreatedAtUtc = scope.NowUtc };
        return (id, (await BindingPlace.NamesAsync(scope, [named], cancellationToken)).GetValueOrDefault(id.Value), null);
    }

    private async Task<Guid?> ReviewerAsync(ReadScope scope, List<FieldError> errors, CancellationToken cancellationToken)
    {
        var found = await BindingPrincipal.FindAsync(scope, PrincipalKind.Person, Input.Reviewer, cancellationToken);
        if (found is not null && await scope.Db.Set<Member>().AnyAsync(m => m.OrganizationId == scope.OrganizationId && m.UserId == found.Id && m.IsActive, cancellationToken)) return found.Id;
        errors.Add(new FieldError("reviewer", "review.reviewer", "reviewer names no active member of the organization: give a user name or id."));
        return null;
    }
}
