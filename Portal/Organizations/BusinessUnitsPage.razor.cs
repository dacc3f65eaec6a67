using System.Globalization;
using Hexabase.Portal.Kernel;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Organizations;

/// <summary>The tree of business units on a day; one unit beside it.</summary>
public sealed partial class BusinessUnitsPage
{
    private IReadOnlyList<BusinessUnitRow>? _rows;
    private BusinessUnitRow? _unit;

    [SupplyParameterFromQuery(Name = "asOf")] public string? AsOf { get; set; }

    [SupplyParameterFromQuery(Name = "q")] public string? Filter { get; set; }

    [SupplyParameterFromQuery] public bool Archived { get; set; }

    /// <summary>Slug of the unit that is open.</summary>
    [SupplyParameterFromQuery] public string? Unit { get; set; }

    [SupplyParameterFromQuery] public bool Edit { get; set; }

    [SupplyParameterFromQuery(Name = "new")] public bool Create { get; set; }

    [SupplyParameterFromQuery] public string? Parent { get; set; }

    [Inject] private TimeProvider Clock { get; set; } = default!;

    protected override IReadOnlyCollection<string> Topics => [LiveTopic.BusinessUnits, LiveTopic.Workspaces];

    private DateOnly Today => DateOnly.FromDateTime(Clock.GetUtcNow().UtcDateTime);

    private DateOnly Day => DateOnly.TryParseExact(AsOf, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : Today;

    private bool IsPast => Day != Today;

    // A day other than today is for reading: what is changed there would not show.
    private bool MayWrite => !IsPast && May(OrganizationsPermissions.WriteBusinessUnits);

    private bool HasDrawer => Unit is not null || (Create && MayWrite);

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        var page = await AskAsync(new ListBusinessUnits(Org ?? "", new PageRequest(PageRequest.MaxLimit, Filter: Filter), IsPast ? Day : null, Archived));
        _rows = page?.Items ?? _rows;
        if (Unit is null)
        {
            _unit = null;
            return;
        }

        // A unit that is gone leaves the list as it is.
        var unit = await Portal.AskAsync(Actor, new GetBusinessUnit(Org ?? "", Unit, IsPast ? Day : null), cancellationToken);
        _unit = unit.Succeeded ? unit.Value : null;
    }

    private void Show(string name, string? value) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameter(name, string.IsNullOrEmpty(value) ? null : value), replace: true);

    private string Address(string? unit = null, bool edit = false, bool create = false, string? parent = null) => Navigation.GetUriWithQueryParameters(new Dictionary<string, object?>
    {
        ["unit"] = unit, ["edit"] = edit ? true : null, ["new"] = create ? true : null, ["parent"] = parent,
    });

    private static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
