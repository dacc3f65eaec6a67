using System.Globalization;
using Hexabase.Portal.Controls;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Workspaces;

/// <summary>Makes a workspace, or changes the one given.</summary>
public sealed partial class WorkspaceForm
{
    private IReadOnlyList<BusinessUnitRow>? _units;
    private IReadOnlyList<LabelKeyRow> _keys = [];
    private IReadOnlyList<string> _allowedRegions = [];
    private SettingsForm _form = new();
    private long? _version;

    /// <summary>Null to make a new one.</summary>
    [Parameter] public WorkspaceRow? Row { get; set; }

    /// <summary>Slug of the business unit that a new one begins in.</summary>
    [Parameter] public string? UnitKey { get; set; }

    [Parameter] public EventCallback<WorkspaceRow> OnDone { get; set; }

    [Parameter] public EventCallback OnCancel { get; set; }

    [Inject] private TimeProvider Clock { get; set; } = default!;

    private IReadOnlyList<(string? Value, string Text)> UnitOptions => _units is { } units
        ? [.. Row is null || units.Any(u => u.Slug == Row.BusinessUnit) ? [] : new (string?, string)[] { (Row.BusinessUnit, Row.BusinessUnitName) }, .. units.Select(u => ((string?)u.Slug, new string('\u2003', u.Depth - 1) + u.Name))]
        : [];

    private IReadOnlyList<(string? Value, string Text)> Environments => [.. Enum.GetValues<WorkspaceEnvironment>().Select(e => ((string?)Words.Of(e), T[WorkspaceWords.Key(e)]))];

    private IReadOnlyList<(string? Value, string Text)> Classifications => [.. Enum.GetValues<DataClassification>().Select(e => ((string?)Words.Of(e), T[WorkspaceWords.Key(e)]))];

    private IReadOnlyList<(string? Value, string Text)> Isolations => [.. Enum.GetValues<IsolationLevel>().Select(e => ((string?)Words.Of(e), T[WorkspaceWords.Key(e)]))];

    private string RegionsHelp => _allowedRegions.Count > 0 ? T["workspaces.regionsAllowed", string.Join(T["list.separator"], _allowedRegions)] : T["workspaces.regionsHelp"];

    protected override async Task OnInitializedAsync()
    {
        Fill();
        _units = (await AskAsync(new ListBusinessUnits(Org, new PageRequest(PageRequest.MaxLimit))))?.Items;
        _keys = (await AskAsync(new ListLabelKeys(Org, new PageRequest(PageRequest.MaxLimit))))?.Items ?? [];
        _allowedRegions = (await AskAsync(new GetOrganization(Org)))?.Regions ?? [];
        _form.BusinessUnit ??= _units?.FirstOrDefault(u => u.Slug == UnitKey || u.Id.ToString() == UnitKey)?.Slug ?? (_units is [var first, ..] ? first.Slug : null);
        _form.Labels = LabelsForm.Of(_form.Labels.Labels, _keys);
    }

    private void Fill()
    {
        _version = Row?.Version;
        _form = new SettingsForm
        {
            Name = Row?.Name,
            BusinessUnit = Row?.BusinessUnit,
            Environment = Words.Of(Row?.Environment ?? WorkspaceEnvironment.Development),
            Classification = Words.Of(Row?.Classification ?? DataClassification.Internal),
            Isolation = Words.Of(Row?.Isolation ?? IsolationLevel.Shared),
            Regions = string.Join(", ", Row?.Regions ?? []),
            Owner = Row?.Owner ?? "",
            Labels = LabelsForm.Of(Row?.Labels ?? new Dictionary<string, string>(), _keys),
            EffectiveFrom = Clock.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        };
    }

    private async Task OnReloadAsync()
    {
        if (Row is not null) Row = await AskAsync(new GetWorkspace(Org, Row.Slug)) ?? Row;
        Problem = null;
        Fill();
    }

    private async Task SaveAsync()
    {
        string[] regions = (_form.Regions ?? "").Split([',', '、'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var moves = Row is null || _form.BusinessUnit != Row.BusinessUnit;
        var input = new WorkspaceInput(_form.Name ?? "", moves ? _form.BusinessUnit ?? "" : null, _form.Environment, regions, _form.Labels.Labels, _form.Owner ?? "", _form.Classification, _form.Isolation);
        DateOnly? from = DateOnly.TryParseExact(_form.EffectiveFrom, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
        var (done, answer) = Row is null ? await SendAsync(new CreateWorkspace(Org, input)) : await SendAsync(new ChangeWorkspace(Org, Row.Slug, input, moves ? from : null, _version));
        if (!done || answer is null) return;
        Toasts.Show(T["form.saved"], Tone.Good);
        await OnDone.InvokeAsync(answer);
    }

    private sealed class SettingsForm
    {
        public string? Name { get; set; }

        public string? BusinessUnit { get; set; }

        public string? Environment { get; set; }

        public string? Classification { get; set; }

        public string? Isolation { get; set; }

        /// <summary>Separated by commas.</summary>
        public string? Regions { get; set; }

        public string? Owner { get; set; }

        public LabelsForm Labels { get; set; } = LabelsForm.Of(new Dictionary<string, string>(), []);

        /// <summary>ISO 8601 day, UTC: of a move.</summary>
        public string? EffectiveFrom { get; set; }
    }
}
