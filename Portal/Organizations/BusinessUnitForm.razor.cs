using System.Globalization;
using Hexabase.Portal.Controls;
using Hexabase.Portal.Kernel;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Organizations;

/// <summary>Makes a business unit, or changes the one given; only what was changed is sent, so that a move does not rewrite the cost center's history.</summary>
public sealed partial class BusinessUnitForm
{
    private IReadOnlyList<(string? Value, string Text)> _parents = [];
    private UnitForm _form = new();
    private UnitForm _original = new();
    private long? _version;

    /// <summary>Null to make a new one.</summary>
    [Parameter] public BusinessUnitRow? Row { get; set; }

    /// <summary>Slug of the unit that a new one begins below.</summary>
    [Parameter] public string? Parent { get; set; }

    [Parameter] public EventCallback<BusinessUnitRow> OnDone { get; set; }

    [Parameter] public EventCallback OnCancel { get; set; }

    [Inject] private TimeProvider Clock { get; set; } = default!;

    protected override async Task OnInitializedAsync()
    {
        Fill();
        var units = (await AskAsync(new ListBusinessUnits(Org, new PageRequest(PageRequest.MaxLimit))))?.Items ?? [];
        var below = new HashSet<Guid>();
        if (Row is not null) below.Add(Row.Id);
        // Parents come before their children, so one pass finds all that stand below.
        foreach (var unit in units)
        {
            if (unit.ParentId is { } parent && below.Contains(parent)) below.Add(unit.Id);
        }

        _parents = [("", T["units.top"]), .. units.Where(u => !below.Contains(u.Id)).Select(u => ((string?)u.Slug, new string('\u2003', u.Depth - 1) + u.Name))];
    }

    private void Fill()
    {
        _version = Row?.Version;
        _original = new UnitForm { Name = Row?.Name, Parent = Row is null ? Parent ?? "" : Row.ParentSlug ?? "", CostCenter = Row?.CostCenter ?? "", Owner = Row?.Owner ?? "" };
        _form = _original with { EffectiveFrom = Clock.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) };
    }

    private async Task OnReloadAsync()
    {
        if (Row is not null) Row = await AskAsync(new GetBusinessUnit(Org, Row.Slug)) ?? Row;
        Problem = null;
        Fill();
    }

    private async Task SaveAsync()
    {
        DateOnly? from = DateOnly.TryParseExact(_form.EffectiveFrom, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
        var (done, answer) = Row is null
            ? await SendAsync(new CreateBusinessUnit(Org, _form.Name, _form.CostCenter, _form.Parent, _form.Owner))
            : await SendAsync(new ChangeBusinessUnit(
                Org, Row.Slug, Changed(_form.Name ?? "", _original.Name), Changed(_form.Owner ?? "", _original.Owner), Changed(_form.CostCenter ?? "", _original.CostCenter),
                Changed(_form.Parent ?? "", _original.Parent), _form.IsPlaced(_original) ? from : null, _version));
        if (!done || answer is null) return;
        Toasts.Show(T["form.saved"], Tone.Good);
        await OnDone.InvokeAsync(answer);
    }

    private static string? Changed(string now, string? before) => now == before ? null : now;

    private sealed record UnitForm
    {
        public string? Name { get; set; }

        public string? Parent { get; set; }

        public string? CostCenter { get; set; }

        public string? Owner { get; set; }

        /// <summary>ISO 8601 day, UTC.</summary>
        public string? EffectiveFrom { get; set; }

        /// <summary>Parent and cost center hold from a day on.</summary>
        public bool IsPlaced(UnitForm original) => Parent != original.Parent || CostCenter != original.CostCenter;
    }
}
