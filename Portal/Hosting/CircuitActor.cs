using Hexabase.Portal.Kernel;
using Microsoft.AspNetCore.Components.Authorization;

namespace Hexabase.Portal.Hosting;

/// <summary>Who looks at the pages of one circuit.</summary>
public sealed class CircuitActor(AuthenticationStateProvider authentication)
{
    public async ValueTask<Actor> GetAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var state = await authentication.GetAuthenticationStateAsync();
        return state.User.Identity is { IsAuthenticated: true } ? throw new InvalidOperationException("Sign-in is not wired.") : Actor.Anonymous;
    }
}
