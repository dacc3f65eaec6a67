using Hexabase.Portal.Access.Rules;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Access;

/// <summary>The outcome of an access question and what it was made of.</summary>
public sealed class AccessDecision
{
    private readonly Actor _actor;
    private readonly AccessTarget _target;

    internal AccessDecision(Actor actor, Permission permission, AccessTarget target, bool allowed, Grant? via, string? limitedBy = null, CompiledRule? rule = null)
    {
        (_actor, _target, Permission, Allowed, Via, LimitedBy, Rule) = (actor, target, permission, allowed, allowed ? via : null, limitedBy, rule);
    }

    public bool Allowed { get; }

    public Permission Permission { get; }

    /// <summary>The grant that allowed it.</summary>
    public Grant? Via { get; }

    /// <summary>What stood against a grant that would have allowed it: "token scopes", "condition", "rule NAME"; null where there was none.</summary>
    public string? LimitedBy { get; }

    /// <summary>The organization's rule that refused it.</summary>
    public CompiledRule? Rule { get; }

    /// <summary>Every grant that reaches the place, for "why can X do Y"; worked out when asked for.</summary>
    public IReadOnlyList<Grant> Considered => GrantIndex.Of(_actor).Reaching(_target);

    /// <summary>What whoever asked is told; null where it is allowed.</summary>
    public Problem? Refusal
    {
        get
        {
            if (Allowed) return null;
            var permission = Permission.ToString();
            if (LacksOnlyMfa) return new Problem(ProblemKind.Forbidden, "access.mfa", $"For the permission {permission} a second factor is needed here. Show yours, then repeat this.", Args: [permission]);
            if (Rule is { } rule)
                return new Problem(ProblemKind.Forbidden, "access.rule", $"The rule {rule.Name} of the organization refuses {permission} here and now. Ask an administrator of the organization.", Args: [permission, rule.Name]);
            return LimitedBy == "condition"
                ? new Problem(ProblemKind.Forbidden, "access.condition", $"You hold the permission {permission} here under a condition that is not met now. Ask an administrator of the organization.", Args: [permission])
                : Problem.Denied(Permission);
        }
    }

    /// <summary>True where a second factor, shown now, is all that is missing.</summary>
    public bool LacksOnlyMfa => !Allowed && _actor.Kind == ActorKind.Person && AccessPolicy.Decide(_actor with { MfaAtUtc = AccessPolicy.Moment(_actor) }, Permission, _target).Allowed;
}
