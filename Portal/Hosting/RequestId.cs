using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Hosting;

/// <summary>X-Request-Id: a well-formed one of the caller is kept, otherwise one is made; always echoed, and in the audit entry.</summary>
internal static class RequestId
{
    private const string Header = "X-Request-Id";

    public static Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        var given = http.Request.Headers[Header].ToString();
        http.TraceIdentifier = IsWellFormed(given) ? given : Ids.New().ToString("N");
        http.Response.Headers[Header] = http.TraceIdentifier;
        return next(http);
    }

    private static bool IsWellFormed(string id) => id.Length is >= 8 and <= 80 && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}
