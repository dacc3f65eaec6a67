using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Hexabase.Portal.Shell;

/// <summary>What the circuit asks of the browser: the functions of wwwroot/js/portal.js. A browser that has gone away is no error.</summary>
public sealed class Browser(IJSRuntime js)
{
    /// <summary>Opens a native dialog modally and remembers where the focus was.</summary>
    public ValueTask OpenAsync(ElementReference dialog) => CallAsync("portal.open", dialog);

    /// <summary>Closes a dialog or popover; the focus returns to where it was.</summary>
    public ValueTask CloseAsync(ElementReference element) => CallAsync("portal.close", element);

    /// <summary>The browser's time zone (IANA); null where it does not say.</summary>
    public async ValueTask<string?> ZoneAsync()
    {
        try
        {
            return await js.InvokeAsync<string?>("portal.zone");
        }
        catch (JSDisconnectedException)
        {
            return null;
        }
    }

    public ValueTask LanguageAsync(string language) => CallAsync("portal.language", language);

    /// <summary>Counts a message in the tab's title while the tab is hidden.</summary>
    public ValueTask NoticeAsync() => CallAsync("portal.notice");

    public ValueTask FocusAsync(string selector) => CallAsync("portal.focus", selector);

    public async ValueTask CallAsync(string function, params object?[] arguments)
    {
        try
        {
            await js.InvokeVoidAsync(function, arguments);
        }
        catch (JSDisconnectedException)
        {
            // The tab is closed or reconnecting: there is nothing left to draw on.
        }
    }
}
