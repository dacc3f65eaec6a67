using Hexabase.Portal.Controls;
using Hexabase.Portal.Costs;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Hexabase.Portal.Workspaces;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Budgets;

/// <summary>Makes a budget, or changes the one given from a day on.</summary>
public sealed partial class BudgetForm
{
    private static readonly string[] Common = ["USD", "EUR", "JPY", "GBP"];
    private static readonly string[] EnvironmentWords = ["production", "staging", "development", "preview"];
    private BudgetFormModel _form = new();
    private DateOnly? _effectiveFrom;
    private IReadOnlyList<(string Value, string Text)> _units = [];
    private IReadOnlyList<(string Value, string Text)> _workspaces = [];
    private IReadOnlyList<(string Value, string Text)> _projects = [];

    [Parameter, EditorRequired] public required Tenant Tenant { get; set; }

    /// <summary>Null to make a new one.</summary>
    [Parameter] public BudgetRow? Row { get; set; }

    [Parameter] public string? ScopeHint { get; set; }

    [Parameter] public EventCallback OnReload { get; set; }

    [Inject] private TimeProvider Clock { get; set; } = default!;

    private IReadOnlyList<(BudgetScopeKind, string)> Kinds => [.. Enum.GetValues<BudgetScopeKind>().Select(k => (k, k == BudgetScopeKind.Organization ? T["budgets.scope.whole"] : T[$"budgets.scope.{k}"]))];

    private IReadOnlyList<(string Value, string Text)> Environments => [.. EnvironmentWords.Select(e => (e, T[$"budgets.environment.{e}"]))];

    private IReadOnlyList<(string Value, string Text)> Metrics => [.. CostQueryText.Metrics.Select(m => (m.Word, T[$"costs.metric.{m.Metric}"]))];

    private IReadOnlyList<(string Value, string Text)> CurrencyOptions => [.. new[] { Tenant.Currency, _form.Currency ?? Tenant.Currency }.Concat(Common).Concat(Currencies.All).Distinct(StringComparer.Ordinal).Select(c => (c, c))];

    protected override async Task OnInitializedAsync()
    {
        _form = Row is null ? BudgetFormModel.New(Tenant.Currency, ScopeHint) : BudgetFormModel.Of(Row);
        _effectiveFrom = DateOnly.FromDateTime(Clock.GetUtcNow().UtcDateTime);
        _units = [.. ((await AskAsync(new ListBusinessUnits(Org, new PageRequest(PageRequest.MaxLimit))))?.Items ?? []).Select(u => (u.Slug, $"{new string('\u3000', u.Depth - 1)}{u.Name}"))];
        _workspaces = [.. ((await AskAsync(new ListWorkspaces(Org, new PageRequest(PageRequest.MaxLimit))))?.Items ?? []).Select(w => (w.Slug, w.Name))];
        if (_form.Kind == BudgetScopeKind.Project) await FindProjectAsync();
        else Choose();
    }

    private async Task SetKindAsync(BudgetScopeKind kind)
    {
        (_form.Kind, _form.Place) = (kind, null);
        if (kind == BudgetScopeKind.Project) await SetWorkspaceAsync(_form.Workspace ?? _workspaces.Select(w => w.Value).FirstOrDefault());
        else Choose();
    }

    // A list shows its first entry as chosen; so it is.
    private void Choose() => _form.Place ??= _form.Kind switch
    {
        BudgetScopeKind.BusinessUnit => _units.Select(u => u.Value).FirstOrDefault(),
        BudgetScopeKind.Workspace => _workspaces.Select(w => w.Value).FirstOrDefault(),
        BudgetScopeKind.Project => _projects.Select(p => p.Value).FirstOrDefault(),
        BudgetScopeKind.Environment => "production",
        _ => null,
    };

    private async Task SetWorkspaceAsync(string? workspace)
    {
        _form.Workspace = workspace;
        _projects = workspace is null ? [] : await ProjectsAsync(workspace);
        if (!_projects.Any(p => p.Value == _form.Place)) _form.Place = null;
        Choose();
    }

    // A budget names its project alone; the workspace it lies in is found by looking.
    private async Task FindProjectAsync()
    {
        if (_form.Place is null)
        {
            await SetWorkspaceAsync(_workspaces.Select(w => w.Value).FirstOrDefault());
            return;
        }

        foreach (var workspace in _workspaces)
        {
            _projects = await ProjectsAsync(workspace.Value);
            if (!_projects.Any(p => p.Value == _form.Place)) continue;
            _form.Workspace = workspace.Value;
            return;
        }
    }

    private async Task<IReadOnlyList<(string, string)>> ProjectsAsync(string workspace) =>
        [.. ((await AskAsync(new ListProjects(Org, workspace, new PageRequest(PageRequest.MaxLimit))))?.Items ?? []).Select(p => (p.Slug, p.Name))];

    private string? Whole(string field) => Problem?.Errors?.FirstOrDefault(e => e.Field == field) is { } error ? Shell.ProblemText.Problem(T, error) : null;

    private async Task SaveAsync()
    {
        if (!_form.TryRead(Org, out var input, out var errors))
        {
            Problem = Problem.Invalid(errors);
            return;
        }

        var (done, answer) = Row is null
            ? await SendAsync(new CreateBudget(Org, input))
            : await SendAsync(new ChangeBudget(Org, Row.Id.ToString(), input, _effectiveFrom, Row.Version));
        if (!done || answer is null) return;
        Toasts.Show(T["form.saved"], Tone.Good);
        Navigation.NavigateTo(Url($"budgets/{answer.Slug}"));
    }
}
