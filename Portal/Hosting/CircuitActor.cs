using Hexabase.Portal.Access;
using Hexabase.Portal.Kernel;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;

namespace Hexabase.Portal.Hosting;

/// <summary>
/// Who looks at the pages of one circuit: the session's person as of now, so that a changed role counts at the next load and an ended session
/// looks at nothing. Address and agent are those of the connection that opened the circuit.
/// </summary>
public sealed class CircuitActor(AuthenticationStateProvider authentication, SessionDirectory sessions, IHttpContextAccessor http)
{
    // The accessor holds the connection's context while the circuit's services are made; later events have none.
    private readonly string? _address = http.HttpContext?.Address();
    private readonly string? _agent = http.HttpContext?.Request.Headers.UserAgent.ToString();

    /// <returns>The person, or <see cref="Actor.Anonymous"/> once the session has ended.</returns>
    public async ValueTask<Actor> GetAsync(CancellationToken cancellationToken)
    {
        var state = await authentication.GetAuthenticationStateAsync();
        var session = PortalSignIn.SessionOf(state.User) is { } id ? await sessions.FindAsync(id, cancellationToken) : null;
        return session is null ? Actor.Anonymous : session.ToActor() with { IpAddress = _address, UserAgent = _agent, RequestId = Ids.Brief() };
    }
}
