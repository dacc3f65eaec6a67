using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Shell;

/// <summary>What stands in for a page that failed: what happened, what was kept, what to do, and the number under which the log has the details. No detail is shown.</summary>
public sealed partial class ErrorPage
{
    [Parameter] public Exception? Error { get; set; }

    [Parameter] public EventCallback OnRetry { get; set; }

    [Inject] private ILogger<ErrorPage> Log { get; set; } = default!;

    [Inject] private TimeProvider Clock { get; set; } = default!;

    private string Number { get; set; } = "";

    protected override void OnInitialized()
    {
        Number = Activity.Current?.TraceId.ToString() ?? Clock.GetUtcNow().Ticks.ToString("x", CultureInfo.InvariantCulture);
        if (Error is not null) Log.LogError(Error, "A page failed; shown to the viewer as {Number}", Number);
    }
}
