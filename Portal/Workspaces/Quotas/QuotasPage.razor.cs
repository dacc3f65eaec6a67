using System.Globalization;
using Hexabase.Portal.Controls;
using Hexabase.Portal.Kernel;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Workspaces.Quotas;

/// <summary>Quotas over the whole organization: totals with what is unknown in them, and workspace × resource for one of the four figures.</summary>
public sealed partial class QuotasPage
{
    private static readonly string[] Figures = ["used", "requested", "reserved", "limit"];
    private IReadOnlyList<QuotaTotalRow>? _totals;
    private IReadOnlyList<WorkspaceQuotaRow>? _rows;
    private List<string> _resources = [];
    private WorkspaceQuotaRow? _open;

    [SupplyParameterFromQuery(Name = "asOf")] public string? AsOf { get; set; }

    [SupplyParameterFromQuery(Name = "q")] public string? Filter { get; set; }

    /// <summary>used (default), requested, reserved or limit.</summary>
    [SupplyParameterFromQuery] public string? Figure { get; set; }

    /// <summary>Slug of the workspace that is open.</summary>
    [SupplyParameterFromQuery] public string? Workspace { get; set; }

    [SupplyParameterFromQuery] public bool Organization { get; set; }

    [Inject] private TimeProvider Clock { get; set; } = default!;

    protected override IReadOnlyCollection<string> Topics => [LiveTopic.Quotas, LiveTopic.Workspaces];

    private DateOnly Today => DateOnly.FromDateTime(Clock.GetUtcNow().UtcDateTime);

    private DateOnly Day => DateOnly.TryParseExact(AsOf, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day < Today ? day : Today;

    private bool IsPast => Day != Today;

    private bool MayWrite => !IsPast && May(WorkspacesPermissions.WriteQuotas);

    private bool HasDrawer => Workspace is not null || (Organization && MayWrite);

    private string FigureName => Figures.Contains(Figure) ? Figure ?? "used" : "used";

    private IReadOnlyList<FilterChip.Option> FigureOptions => [.. Figures.Select(f => new FilterChip.Option(f, T["quotas." + f], f == FigureName))];

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        DateOnly? day = IsPast ? Day : null;
        var totals = await AskAsync(new SummarizeQuotas(Org ?? "", day));
        var rows = await AskAsync(new ListQuotas(Org ?? "", new PageRequest(PageRequest.MaxLimit, Filter: Filter), day));
        if (totals is not null) _totals = [.. QuotaWords.Order(totals.Select(t => t.Resource)).Select(r => totals.First(t => t.Resource == r))];
        _rows = rows?.Items ?? _rows;
        // The usual four always; others where somebody has a figure of theirs.
        _resources = [.. QuotaWords.Order(QuotaWords.Main.Concat((_totals ?? [])
            .Where(t => t.Used is not null || t.Requested is not null || t.Reserved is not null || t.Limit is not null).Select(t => t.Resource)))];
        if (Workspace is null) _open = null;
        else _open = (await Portal.AskAsync(Actor, new GetWorkspaceQuota(Org ?? "", Workspace, day), cancellationToken)) is { Succeeded: true } open ? open.Value : null;
    }

    private long? Chosen(WorkspaceQuotaRow row, string resource) => row.Resources.GetValueOrDefault(resource) is not { } figures ? null : FigureName switch
    {
        "requested" => figures.Requested,
        "reserved" => figures.Reserved,
        "limit" => figures.Limit,
        _ => figures.Used,
    };

    // Dictionaries compare by reference; a row has changed when one of its figures has.
    private static string Signature(WorkspaceQuotaRow row) => string.Join(';', row.Resources.Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Key}={r.Value.Used},{r.Value.Requested},{r.Value.Reserved},{r.Value.Limit}")));

    private string Factor(QuotaTotalRow total) => total.OversubscriptionFactor is { } factor and not 1 ? " × " + Display.Number((double)factor, Places(factor)) : "";

    // Stored with four decimals; trailing zeros say nothing.
    private static int Places(decimal factor) => Enumerable.Range(0, 4).FirstOrDefault(n => decimal.Round(factor, n) == factor, 4);

    private void Show(string name, string? value) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameter(name, string.IsNullOrEmpty(value) ? null : value), replace: true);

    private string Address(string? workspace = null, bool organization = false) =>
        Navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { ["workspace"] = workspace, ["organization"] = organization ? true : null });
}
