using Hexabase.Portal.Access;
using Hexabase.Portal.Kernel;
using Microsoft.AspNetCore.Antiforgery;

namespace Hexabase.Portal.Hosting;

/// <summary>Checks that every API request passes before its route runs.</summary>
internal static class ApiGuards
{
    /// <summary>A token that does not hold is refused and counted; a request by cookie that changes something needs the antiforgery header; sockets open from our own pages only.</summary>
    public static async Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        var path = http.Request.Path;
        if (!ApiErrors.IsProgramPath(path) && !path.StartsWithSegments("/_blazor"))
        {
            await next(http);
            return;
        }

        var actor = http.Actor();
        if (actor.Kind == ActorKind.Anonymous && http.Request.Headers.Authorization.Count > 0)
        {
            http.RequestServices.GetRequiredService<RefusalLog>().Count(http.Source(), "token.invalid");
            await ApiProblem.WriteAsync(http, new Problem(ProblemKind.Unauthenticated, "access.signIn", "This token does not hold: it is mistyped, expired or revoked. Send an API token: Authorization: Bearer <token>."));
            return;
        }

        if (IsFromElsewhere(http.Request))
        {
            await ApiProblem.WriteAsync(http, new Problem(ProblemKind.Forbidden, "origin.foreign", "Pages of other sites may not use this address."));
            return;
        }

        // Sockets have the origin check; the API's own requests carry a header that other sites cannot know.
        var unsafeByCookie = actor.Kind == ActorKind.Person && !path.StartsWithSegments("/_blazor") && !path.StartsWithSegments("/hubs")
            && !HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method) && !HttpMethods.IsOptions(http.Request.Method);
        if (unsafeByCookie && !await http.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(http))
        {
            await ApiProblem.WriteAsync(http, new Problem(ProblemKind.Malformed, "antiforgery.missing", "Requests with a session cookie need the header RequestVerificationToken of the page. Programs use an API token."));
            return;
        }

        await next(http);
    }

    /// <summary>Browsers send Origin with every socket and every unsafe request; programs send none.</summary>
    private static bool IsFromElsewhere(HttpRequest request)
    {
        var origin = request.Headers.Origin.ToString();
        if (origin.Length == 0 || request.Headers.Authorization.Count > 0) return false;
        return !Uri.TryCreate(origin, UriKind.Absolute, out var from) || !from.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase);
    }
}
