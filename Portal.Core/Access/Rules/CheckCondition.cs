using Hexabase.Portal.Access.Conditions;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Access.Rules;

/// <summary>A condition that was read.</summary>
/// <param name="Condition">In its stored form.</param>
/// <param name="UsesPlace">It asks what the workspace is like.</param>
/// <param name="HoldsNow">For the caller at the organization as a whole: true, false, unknown or notApplicable.</param>
public sealed record CheckedCondition(string Condition, bool UsesPlace, Outcome HoldsNow);

/// <summary>Reads a condition and says what it comes to for the caller now; a wrong one is answered with the place of the error and what was expected.</summary>
public sealed record CheckCondition(string Org, string? Condition) : Query<CheckedCondition>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => null;

    public override bool AllowsAnySignedIn => true;

    public override Task<Result<CheckedCondition>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        if (!Conditions.Condition.TryParse(Condition ?? "", out var condition, out var error)) return Task.FromResult<Result<CheckedCondition>>(Problem.Invalid([error.ToField("condition")]));
        var at = new Circumstances(scope.Actor, scope.NowUtc, new AccessTarget(scope.OrganizationId));
        return Task.FromResult<Result<CheckedCondition>>(new CheckedCondition(condition.Text, condition.UsesPlace, condition.Evaluate(ref at)));
    }
}
