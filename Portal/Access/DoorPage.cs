using Hexabase.Portal.Kernel;
using Hexabase.Portal.Shell;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Access;

/// <summary>
/// What the pages before the door share: they are drawn without a circuit (their forms set cookies) and work without scripts. A refused form comes back
/// with its code in <c>?problem=</c>; <c>?language=</c> keeps the choice in a cookie.
/// </summary>
public abstract class DoorPage : ComponentBase
{
    private IReadOnlyDictionary<string, string> _typed = new Dictionary<string, string>();

    [CascadingParameter] protected HttpContext Http { get; set; } = default!;

    [Inject] protected IPortal Portal { get; set; } = default!;

    [Inject] protected Text T { get; set; } = default!;

    [Inject] protected Display Display { get; set; } = default!;

    [Inject] protected Viewer Viewer { get; set; } = default!;

    [Inject] protected NavigationManager Navigation { get; set; } = default!;

    /// <summary>The code of the refusal that led back here.</summary>
    [SupplyParameterFromQuery(Name = "problem")] protected string? ProblemCode { get; set; }

    /// <summary>Seconds until a throttled form may be sent again.</summary>
    [SupplyParameterFromQuery(Name = "wait")] protected int? WaitSeconds { get; set; }

    /// <summary>Where the person was going; a path of this portal.</summary>
    [SupplyParameterFromQuery(Name = "returnUrl")] protected string? ReturnUrl { get; set; }

    [SupplyParameterFromQuery(Name = "language")] private string? Language { get; set; }

    /// <summary>The refusal in words; null where the page is opened afresh. A code that nobody gives is not repeated: the address is anybody's.</summary>
    protected string? Refusal =>
        ProblemCode is null ? null
        : ProblemCode == "signIn.throttled" ? T["door.problem.signIn.throttled", Math.Clamp(WaitSeconds ?? 60, 1, 3600)]
        : T.Has("door.problem." + ProblemCode) ? T["door.problem." + ProblemCode]
        : T["door.problem.other"];

    /// <summary>What the page asks before it is drawn.</summary>
    protected virtual Task PrepareAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override async Task OnInitializedAsync()
    {
        if (Language is not null)
        {
            if (Viewer.Languages.Contains(Language))
                Http.Response.Cookies.Append(App.LanguageCookie, Language, new CookieOptions { Path = "/", MaxAge = TimeSpan.FromDays(365), SameSite = SameSiteMode.Lax, Secure = Http.Request.IsHttps, IsEssential = true });
            // Without the parameter the address can be kept and shared.
            Http.Response.Redirect(Here(null));
            return;
        }

        // A link of these pages is a secret or leads to one.
        Http.Response.Headers["Referrer-Policy"] = "no-referrer";
        Http.Response.Headers.CacheControl = "no-cache, no-store";
        if (ProblemCode is not null) _typed = DoorMemory.Take(Http);
        await PrepareAsync(Http.RequestAborted);
    }

    /// <summary>What stood in a field of the refused form; null where the page is opened afresh.</summary>
    protected string? Typed(string field) => _typed.GetValueOrDefault(field);

    /// <summary>This page in a language; null: without one.</summary>
    internal string Here(string? language) =>
        new Uri(Navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { ["language"] = language })).PathAndQuery;
}
