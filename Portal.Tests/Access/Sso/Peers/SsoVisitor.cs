using System.Net;
using System.Text.RegularExpressions;
using Shouldly;

namespace Hexabase.Portal.Access.Sso.Peers;

/// <summary>What came back: status, address of a redirect, text.</summary>
internal sealed record Visit(HttpStatusCode Status, Uri? To, string Text);

/// <summary>A browser without scripts: cookies per site, forms, one step at a time so that a test can tamper between two.</summary>
internal sealed partial class SsoVisitor : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false });
    private readonly string _portal;

    public SsoVisitor(string portal) => _portal = portal;

    /// <summary>Site (host and port) → name → value.</summary>
    public Dictionary<string, Dictionary<string, string>> Cookies { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, string> PortalCookies => Jar(new Uri(_portal));

    public async Task<Visit> GoAsync(Uri address, IReadOnlyDictionary<string, string>? form = null)
    {
        using var request = new HttpRequestMessage(form is null ? HttpMethod.Get : HttpMethod.Post, address);
        if (form is not null) request.Content = new FormUrlEncodedContent(form);
        request.Headers.Accept.ParseAdd("text/html");
        var jar = Jar(address);
        if (jar.Count > 0) request.Headers.Add("Cookie", string.Join("; ", jar.Select(c => $"{c.Key}={c.Value}")));
        using var answer = await _http.SendAsync(request);
        foreach (var cookie in answer.Headers.TryGetValues("Set-Cookie", out var set) ? set : [])
        {
            var parts = cookie.Split(';')[0].Split('=', 2);
            if (parts[1].Length == 0 || cookie.Contains("expires=Thu, 01 Jan 1970", StringComparison.OrdinalIgnoreCase)) jar.Remove(parts[0]);
            else jar[parts[0]] = parts[1];
        }

        var to = answer.Headers.Location is { } location ? new Uri(address, location) : null;
        return new Visit(answer.StatusCode, to, await answer.Content.ReadAsStringAsync());
    }

    public Task<Visit> GoAsync(string path, IReadOnlyDictionary<string, string>? form = null) => GoAsync(new Uri(_portal + path), form);

    /// <summary>Types into the sign-in page; answers where the browser is sent, or the page that it is sent back to.</summary>
    /// <param name="token">Of the page, where it is open already.</param>
    public async Task<Uri> StartAsync(string who, string returnUrl = "/account", string? token = null)
    {
        token ??= Token((await GoAsync("/sign-in")).Text);
        var begun = await GoAsync("/sso/start", new Dictionary<string, string> { ["__RequestVerificationToken"] = token, ["who"] = who, ["returnUrl"] = returnUrl });
        if (begun.To is not null) return begun.To;
        begun.Status.ShouldBe(HttpStatusCode.OK, begun.Text);
        return new Uri(WebUtility.HtmlDecode(Refresh().Match(begun.Text).Groups[1].Value));
    }

    /// <summary>Signs in at the OpenID provider; answers the address of the portal that it sends the browser back to.</summary>
    public async Task<Uri> AgreeAsync(Uri authorization, string login)
    {
        var step = await GoAsync(authorization);
        for (var i = 0; i < 10; i++)
        {
            var to = step.To.ShouldNotBeNull(step.Text);
            if (to.AbsoluteUri.StartsWith(_portal, StringComparison.Ordinal)) return to;
            step = await GoAsync(to);
            if (step.To is null) step = await GoAsync(to, new Dictionary<string, string> { ["login"] = login });
        }

        throw new InvalidOperationException("The provider does not come to an end.");
    }

    public async Task<Visit> SignInAsync(string who, string login, string returnUrl = "/account") => await GoAsync(await AgreeAsync(await StartAsync(who, returnUrl), login));

    public static string Token(string html) => WebUtility.HtmlDecode(Antiforgery().Match(html).Groups[1].Value);

    /// <summary>A hidden field of a form that posts itself.</summary>
    public static string Field(string html, string name) => WebUtility.HtmlDecode(Regex.Match(html, $"name=\"{name}\"[^>]*value=\"([^\"]*)\"", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups[1].Value);

    public static string Reference(Visit visit) => ReferencePart().Match(visit.To?.Query ?? "").Groups[1].Value;

    public void Dispose() => _http.Dispose();

    private Dictionary<string, string> Jar(Uri address)
    {
        if (!Cookies.TryGetValue(address.Authority, out var jar)) Cookies.Add(address.Authority, jar = new(StringComparer.Ordinal));
        return jar;
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\"[^>]*value=\"([^\"]+)\"", RegexOptions.None, 1000)]
    private static partial Regex Antiforgery();

    [GeneratedRegex("content=\"0;url=([^\"]+)\"", RegexOptions.None, 1000)]
    private static partial Regex Refresh();

    [GeneratedRegex("ref=([A-Z0-9]{8})", RegexOptions.None, 1000)]
    private static partial Regex ReferencePart();
}
