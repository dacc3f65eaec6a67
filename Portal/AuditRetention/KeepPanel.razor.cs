using Hexabase.Portal.Audit.Retention;
using Hexabase.Portal.Controls;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.AuditRetention;

/// <summary>The class of new entries: what the plan gives, what the organization wants, what a rule demands, and what becomes of the three.</summary>
public sealed partial class KeepPanel
{
    private int? _keepDays;
    private int? _floorDays;
    private string? _floorRule;
    private long _version;

    [Parameter, EditorRequired] public required RetentionRow Row { get; set; }

    /// <summary>The organization's plan.</summary>
    [Parameter, EditorRequired] public required string Plan { get; set; }

    [Parameter] public bool MayWrite { get; set; }

    [Parameter] public EventCallback OnSaved { get; set; }

    private int Becomes => Audit.Retention.AuditRetention.Effective(Plan, _keepDays, _floorDays);

    private IReadOnlyList<(int?, string)> WishOptions => [(null, T["retention.asPlanOf", Words(Row.PlanDays)]), .. Classes(Row.KeepDays)];

    private IReadOnlyList<(int?, string)> FloorOptions => [(null, T["retention.noFloor"]), .. Classes(Row.FloorDays)];

    // Once: what is being chosen stays while the page behind it loads again.
    protected override void OnInitialized() => Read();

    private void Read() => (_keepDays, _floorDays, _floorRule, _version) = (Row.KeepDays, Row.FloorDays, Row.FloorRule, Row.Version);

    // A number of days that is no class came by the API: it stays choosable.
    private IEnumerable<(int?, string)> Classes(int? current) =>
        RetentionClass.All.Concat(current is { } days ? [days] : []).Distinct().OrderBy(d => d == RetentionClass.Forever ? int.MaxValue : d).Select(d => ((int?)d, Words(d)));

    private string Words(int days) => RetentionWords.Class(days, T);

    private string Exactly(int days) => RetentionWords.Exactly(days, T, Display);

    private async Task SaveAsync()
    {
        var (done, row) = await SendAsync(new SetAuditRetention(Org, _keepDays, _floorDays, _floorDays is null ? null : _floorRule, _version));
        if (!done || row is null) return;
        _version = row.Version;
        Toasts.Show(T["retention.saved", Exactly(row.EffectiveDays)], Tone.Good);
        await OnSaved.InvokeAsync();
    }

    private async Task LoadNewerAsync()
    {
        await OnSaved.InvokeAsync();
        Problem = null;
        Read();
    }
}
