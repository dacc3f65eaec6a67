using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Hexabase.Portal.Support;
using Microsoft.Playwright;
using Shouldly;
using Xunit;

[assembly: AssemblyFixture(typeof(TestBrowser))]

namespace Hexabase.Portal.Support;

/// <summary>
/// One Chromium for the whole test run, started by the first test that asks. Each <see cref="NewPageAsync"/> is a browser profile of its own:
/// two of them are two people. Take it as a constructor parameter beside a <see cref="WebPortal"/>; skips where no Chromium is installed.
/// </summary>
public sealed class TestBrowser : IAsyncLifetime
{
    /// <summary>How long a page may take for anything, in milliseconds.</summary>
    internal const int Patience = 30_000;

    private const string Program = "/usr/bin/chromium";
    private static readonly string[] Flags = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
    private readonly SemaphoreSlim _starting = new(1, 1);
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>A fresh profile with one page. Dispose it: script errors and console errors of the page fail the test there.</summary>
    /// <param name="theme">"light" or "dark".</param>
    /// <param name="width">CSS pixels; below 600 the page is a touch screen's.</param>
    /// <param name="scripts">False: a browser with scripts switched off.</param>
    public async Task<TestPage> NewPageAsync(WebPortal portal, string language = "en", string theme = "light", int width = 1440, bool scripts = true)
    {
        Assert.SkipUnless(File.Exists(Program), $"There is no browser at {Program}.");
        var browser = await StartAsync();
        var context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = portal.Address,
            Locale = language == "ja" ? "ja-JP" : "en-GB",
            TimezoneId = "Asia/Tokyo",
            ColorScheme = theme == "dark" ? ColorScheme.Dark : ColorScheme.Light,
            ViewportSize = new ViewportSize { Width = width, Height = width < 600 ? 844 : 900 },
            HasTouch = width < 600,
            JavaScriptEnabled = scripts,
            ReducedMotion = ReducedMotion.Reduce,
        });
        context.SetDefaultTimeout(Patience);
        await context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        return new TestPage(portal, context, await context.NewPageAsync());
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.CloseAsync();
        _playwright?.Dispose();
        _starting.Dispose();
    }

    private async Task<IBrowser> StartAsync()
    {
        await _starting.WaitAsync();
        try
        {
            _playwright ??= await Playwright.CreateAsync();
            // Expectations wait as long as everything else does: five seconds, the default, are few on a machine that is short of processor time.
            Assertions.SetDefaultExpectTimeout(Patience);
            return _browser ??= await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Program, Args = Flags });
        }
        finally
        {
            _starting.Release();
        }
    }
}

/// <summary>One person's browser: a page, who is signed in, and what went wrong on it.</summary>
public sealed class TestPage : IAsyncDisposable
{
    private readonly WebPortal _portal;
    private readonly IBrowserContext _context;
    private readonly List<string> _errors = [];
    private readonly List<string> _expected = [];

    internal TestPage(WebPortal portal, IBrowserContext context, IPage page)
    {
        (_portal, _context, Page) = (portal, context, page);
        page.PageError += (_, error) => Note($"script: {error}");
        page.Console += (_, message) =>
        {
            if (message.Type == "error") Note($"console: {message.Text} ({message.Location})");
        };
    }

    public IPage Page { get; }

    /// <summary>Errors so far that nobody expected.</summary>
    public IReadOnlyList<string> Errors
    {
        get
        {
            lock (_errors) return [.. _errors.Where(e => !_expected.Exists(x => e.Contains(x, StringComparison.Ordinal)))];
        }
    }

    /// <summary>An error that the test means to provoke, by a part of its text.</summary>
    public void ExpectError(string part) => _expected.Add(part);

    /// <summary>Signs in at once, without the form, as a new person.</summary>
    /// <param name="organization">The slug; null with <c>serviceAdmin</c> or <c>auditor</c>: on the platform.</param>
    /// <param name="password">For a person who shall be able to use the sign-in form as well.</param>
    public async Task<TestPerson> SignInAsync(string role, string? organization = null, string name = "Mori Taro", string? password = null)
    {
        var person = await TestPeople.AddAsync(_portal, role, organization, name, password);
        await SignInAsync(person);
        return person;
    }

    /// <summary>Signs a person in that was made before.</summary>
    public async Task SignInAsync(TestPerson person) => await _context.AddCookiesAsync([new Cookie { Name = "portal-session", Value = await TestPeople.CookieAsync(_portal, person), Url = _portal.Address, HttpOnly = true, SameSite = SameSiteAttribute.Lax }]);

    /// <summary>Goes to a page of the portal and waits until it is drawn: the circuit runs and nothing is loading.</summary>
    public async Task GoAsync(string path)
    {
        await Page.GotoAsync(path);
        await SettleAsync();
    }

    /// <summary>Waits until nothing is loading any more.</summary>
    public async Task SettleAsync()
    {
        // Assertions, not a function in the page: the content policy forbids evaluating strings there.
        await Assertions.Expect(Page.Locator("main h1:visible").First).ToBeVisibleAsync();
        await Assertions.Expect(Page.Locator("main .skeleton, main [aria-busy=true]")).ToHaveCountAsync(0);
    }

    /// <summary>No serious or critical finding of axe, and no sideways scrolling.</summary>
    public async Task ShouldBeAccessibleAsync()
    {
        var result = await Page.RunAxe();
        var findings = result.Violations.Where(v => v.Impact is "serious" or "critical")
            .SelectMany(v => v.Nodes.Select(n => $"{v.Impact} {v.Id}: {v.Help}\n    {n.Html}")).ToList();
        findings.ShouldBeEmpty(string.Join('\n', findings));
        (await Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - innerWidth")).ShouldBeLessThanOrEqualTo(0, "the page scrolls sideways");
    }

    public async ValueTask DisposeAsync()
    {
        // What breaks off while the page closes is nobody's error.
        var errors = Errors;
        await _context.CloseAsync();
        errors.ShouldBeEmpty($"The page reported errors:\n{string.Join('\n', errors)}");
    }

    private void Note(string error)
    {
        lock (_errors) _errors.Add(error);
    }
}
