using Hexabase.Portal.Access.Sso.Connections;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;

namespace Hexabase.Portal.Access.Sso.Entry;

/// <summary>Signing in with an organization's break-glass code. Throttled like passwords; an organization without one answers like a wrong code.</summary>
public sealed class BreakGlassSignIn(IPortal portal, OrganizationDirectory organizations, SignInThrottle throttle, RefusalLog refusals, TimeProvider clock)
{
    private const int MaxText = 300;

    /// <param name="source">What throttling counts by.</param>
    /// <param name="person">Who uses it, in their own words.</param>
    public async Task<Result<SignedIn>> SignInAsync(Actor visitor, string source, string? org, string? code, string? person, string? reason, CancellationToken cancellationToken)
    {
        if (TextRule.Check("person", person, MaxText, out var who) is { } nobody) return Problem.Invalid([nobody]);
        if (TextRule.Check("reason", reason, MaxText, out var why) is { } nothing) return Problem.Invalid([nothing]);
        if (throttle.Begin(source) is { } seconds)
        {
            refusals.Count(source, "signIn.throttled");
            return new Problem(ProblemKind.TooManyRequests, "signIn.throttled", $"Too many attempts. Try again in {seconds} s.", Args: [seconds]) { RetryAfterSeconds = seconds };
        }

        var key = $"breakGlass/{org?.Trim().ToUpperInvariant()}";
        if (throttle.DelayFor(key) is var delay && delay > TimeSpan.Zero) await Task.Delay(delay, clock, cancellationToken);
        var tenant = await organizations.FindAsync(org?.Trim() ?? "", cancellationToken);
        var result = tenant is null ? BreakGlassCode.Wrong : await portal.SendAsync(visitor, new UseBreakGlass(tenant.Id.ToString(), BreakGlassCode.Clean(code), who, why), cancellationToken);
        if (result.Succeeded) throttle.Succeeded(source, key);
        else throttle.Failed(key);
        return result;
    }
}
