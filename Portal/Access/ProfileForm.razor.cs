using Hexabase.Portal.Controls;
using Hexabase.Portal.Shell;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Access;

/// <summary>Name, language, zone and theme of the viewer; what is saved shows at once in this browser.</summary>
public sealed partial class ProfileForm
{
    private static readonly IReadOnlyList<string> Zones = [.. TimeZoneInfo.GetSystemTimeZones().Select(z => z.Id).Where(id => id.Contains('/', StringComparison.Ordinal) && !id.StartsWith("Etc/", StringComparison.Ordinal)).Order(StringComparer.Ordinal), "UTC"];

    private readonly Draft _form = new();

    [Parameter, EditorRequired] public required ProfileRow Row { get; set; }

    [Parameter] public EventCallback OnSaved { get; set; }

    [Inject] private Viewer Viewer { get; set; } = default!;

    [Inject] private Browser Browser { get; set; } = default!;

    [Inject] private TimeProvider Clock { get; set; } = default!;

    private IReadOnlyList<(string, string)> Languages => [("", T["account.asBrowser"]), ("en", "English"), ("ja", "日本語")];

    private IReadOnlyList<(string, string)> Themes => [("", T["shell.themeSystem"]), ("light", T["shell.themeLight"]), ("dark", T["shell.themeDark"])];

    private string ZoneHelp => T["account.zoneHelp", Viewer.Zone.Id, Display.Time(Clock.GetUtcNow().UtcDateTime)];

    protected override void OnInitialized() =>
        (_form.DisplayName, _form.Culture, _form.TimeZone, _form.Theme) = (Row.DisplayName, Row.Culture ?? "", Row.TimeZone ?? "", Row.Theme ?? "");

    private async Task SaveAsync()
    {
        var (done, row) = await SendAsync(new ChangeProfile(_form.DisplayName ?? "", _form.Culture, _form.TimeZone ?? "", _form.Theme));
        if (!done || row is null) return;
        await Browser.CallAsync("portal.theme", row.Theme ?? "system");
        Toasts.Show(T["form.saved"], Tone.Good);
        await OnSaved.InvokeAsync();
        // Last: another language draws the whole page again.
        Viewer.Use(row.Culture ?? Viewer.Language, row.TimeZone);
    }

    private sealed class Draft
    {
        public string? DisplayName { get; set; }

        public string? Culture { get; set; }

        public string? TimeZone { get; set; }

        public string? Theme { get; set; }
    }
}
