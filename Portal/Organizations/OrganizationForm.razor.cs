using Hexabase.Portal.Controls;
using Hexabase.Portal.Kernel;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Organizations;

/// <summary>Makes an organization, or changes the one given.</summary>
public sealed partial class OrganizationForm
{
    private static readonly IReadOnlyList<(string? Value, string Text)> Zones = ZoneNames();
    private OrganizationRow? _from;
    private string? _name;
    private string? _plan;
    private string? _currency;
    private string? _zone;
    private int _month = 1;
    private string? _regions;

    /// <summary>Null to make a new one.</summary>
    [Parameter] public OrganizationRow? Row { get; set; }

    /// <summary>False shows the settings without letting them be changed.</summary>
    [Parameter] public bool CanEdit { get; set; } = true;

    [Parameter] public bool MayChoosePlan { get; set; }

    [Parameter] public EventCallback<OrganizationRow> OnDone { get; set; }

    private IReadOnlyList<(string? Value, string Text)> Plans => [("team", T["plan.team"]), ("enterprise", T["plan.enterprise"])];

    private IReadOnlyList<(int Value, string Text)> Months => [.. Enumerable.Range(1, 12).Select(m => (m, T[OrganizationWords.Month(m)]))];

    protected override void OnParametersSet()
    {
        // What is being typed is kept when the row changes underneath; the save then says so.
        if (_from is null) Fill();
    }

    private void Fill()
    {
        _from = Row;
        _name = Row?.Name;
        _plan = Row?.Plan is Plan.Enterprise ? "enterprise" : "team";
        _currency = Row?.Currency ?? "USD";
        _zone = Row?.TimeZone ?? "UTC";
        _month = Row?.FiscalYearStartMonth ?? 1;
        _regions = Row is null ? "" : string.Join(", ", Row.Regions);
        Problem = null;
    }

    private void OnReload() => Fill();

    private async Task SaveAsync()
    {
        if (!CanEdit) return;
        string[] regions = (_regions ?? "").Split([',', '、', '\n'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var input = new OrganizationInput(_name ?? "", _plan, _currency ?? "", _zone, _month, regions);
        var (done, answer) = Row is null ? await SendAsync(new CreateOrganization(input)) : await SendAsync(new ChangeOrganization(Org, input, _from?.Version));
        if (!done || answer is null) return;
        Toasts.Show(T["form.saved"], Tone.Good);
        Row = answer;
        Fill();
        await OnDone.InvokeAsync(answer);
    }

    private static List<(string? Value, string Text)> ZoneNames()
    {
        var zones = TimeZoneInfo.GetSystemTimeZones().Select(z => z.Id).Where(id => id.Contains('/', StringComparison.Ordinal) && id.Length <= 60 && !id.StartsWith("Etc/", StringComparison.Ordinal));
        return [("UTC", "UTC"), .. zones.Order(StringComparer.Ordinal).Select(id => ((string?)id, id))];
    }
}
