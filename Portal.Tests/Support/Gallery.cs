using Microsoft.Playwright;

namespace Hexabase.Portal.Support;

/// <summary>Pictures of pages for people to look at: written where <c>PORTAL_TEST_PICTURES</c> names a directory, else nowhere.</summary>
public static class Gallery
{
    private static readonly string? Directory = Environment.GetEnvironmentVariable("PORTAL_TEST_PICTURES");

    public static async Task TakeAsync(IPage page, string name)
    {
        if (Directory is not null) await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Directory, name + ".png"), FullPage = false });
    }
}
