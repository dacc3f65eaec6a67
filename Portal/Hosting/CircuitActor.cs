using Hexabase.Portal.Access;
using Hexabase.Portal.Kernel;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.JSInterop;

namespace Hexabase.Portal.Hosting;

/// <summary>
/// Who uses a page. Pages ask it for each command and query: the answer is at most two seconds old, so a revoked session or a changed role counts at once, also in a page
/// that has been open for hours.
/// </summary>
public sealed class CircuitActor(AuthenticationStateProvider authentication, SessionDirectory sessions)
{
    private string? _address;
    private string? _agent;

    /// <summary>The session has ended; the page leaves for the sign-in.</summary>
    public event Action? Ended;

    /// <summary>Anonymous once the session has ended.</summary>
    public async ValueTask<Actor> GetAsync(CancellationToken cancellationToken = default)
    {
        if (await FindAsync(cancellationToken) is { } session) return session.ToActor() with { IpAddress = _address, UserAgent = _agent, RequestId = Ids.New().ToString("N") };
        Ended?.Invoke();
        return Actor.Anonymous;
    }

    /// <summary>The person's name, language and zone; null once the session has ended.</summary>
    public async Task<SessionIdentity?> FindAsync(CancellationToken cancellationToken = default)
    {
        var state = await authentication.GetAuthenticationStateAsync();
        return PortalSignIn.SessionOf(state.User) is { } id ? await sessions.FindAsync(id, cancellationToken) : null;
    }

    internal void ComesFrom(HttpContext? http) => (_address, _agent) = (http?.Address(), http?.Request.Headers.UserAgent.ToString());

    internal void End() => Ended?.Invoke();
}

/// <summary>Takes an open page to the sign-in when its session ends.</summary>
internal sealed class SessionCircuitHandler(
    CircuitActor actor, AuthenticationStateProvider authentication, PrincipalWatch principals, IJSRuntime js, IHttpContextAccessor http) : CircuitHandler, IDisposable
{
    private IDisposable? _registration;
    private HttpContext? _connection;

    public override async Task OnCircuitOpenedAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        _connection = http.HttpContext;
        actor.ComesFrom(_connection);
        var state = await authentication.GetAuthenticationStateAsync();
        if (PortalSignIn.SessionOf(state.User) is not { } session) return;
        _registration = principals.Register(session, null, actor.End);
        actor.Ended += Leave;
    }

    public override Task OnCircuitClosedAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        actor.Ended -= Leave;
        _registration?.Dispose();
    }

    private void Leave()
    {
        actor.Ended -= Leave;
        _ = LeaveAsync();
    }

    private async Task LeaveAsync()
    {
        try
        {
            await js.InvokeVoidAsync("portal.leave", CancellationToken.None);
        }
        catch (Exception e) when (e is InvalidOperationException or JSException or JSDisconnectedException or OperationCanceledException)
        {
            // The page is not there any more, or is being torn down: the connection ends with it.
            _connection?.Abort();
        }
    }
}
