using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Hexabase.Portal.Shell;
using Hexabase.Portal.Workspaces;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.AccessRoles;

/// <summary>Fields of a form that say where: the kind of place, and the unit, workspace or project.</summary>
public sealed partial class PlaceFields
{
    private string? _workspace;
    private IReadOnlyList<(string Value, string Text)> _units = [];
    private IReadOnlyList<(string Value, string Text)> _workspaces = [];
    private IReadOnlyList<(string Value, string Text)> _projects = [];

    /// <summary>What the ids of the fields begin with: "binding" gives "binding-scope" and "binding-place".</summary>
    [Parameter, EditorRequired] public required string Prefix { get; set; }

    [Parameter, EditorRequired] public required string Label { get; set; }

    [Parameter] public string? Help { get; set; }

    [Parameter, EditorRequired] public required IReadOnlyList<(string Value, string Text)> Scopes { get; set; }

    /// <summary>The form's refusal: its fields "scope" and "place" are shown here.</summary>
    [Parameter] public Problem? Refusal { get; set; }

    /// <summary>"organization", "businessUnit", "workspace", "project", or a word of the form's own that has no place.</summary>
    [Parameter] public string? Scope { get; set; }

    [Parameter] public EventCallback<string?> ScopeChanged { get; set; }

    /// <summary>The slug; null where the scope has none.</summary>
    [Parameter] public string? Place { get; set; }

    [Parameter] public EventCallback<string?> PlaceChanged { get; set; }

    private string? PlaceError => T.FieldOf(Refusal, "place");

    protected override async Task OnInitializedAsync()
    {
        _units = [.. ((await AskAsync(new ListBusinessUnits(Org, new PageRequest(PageRequest.MaxLimit))))?.Items ?? []).Select(u => (u.Slug, $"{new string('\u3000', u.Depth - 1)}{u.Name}"))];
        _workspaces = [.. ((await AskAsync(new ListWorkspaces(Org, new PageRequest(PageRequest.MaxLimit))))?.Items ?? []).Select(w => (w.Slug, w.Name))];
        // Whoever chose the kind of place before the lists were here gets the first of each now.
        if (Place is null && Scope is "businessUnit" or "workspace" or "project") await SetScopeAsync(Scope);
    }

    public async Task SetScopeAsync(string? scope)
    {
        await ScopeChanged.InvokeAsync(scope);
        if (scope is "workspace" or "project") await SetWorkspaceAsync(scope, _workspace ?? _workspaces.Select(w => w.Value).FirstOrDefault());
        else await PlaceChanged.InvokeAsync(scope == "businessUnit" ? _units.Select(u => u.Value).FirstOrDefault() : null);
    }

    private Task SetWorkspaceAsync(string? workspace) => SetWorkspaceAsync(Scope, workspace);

    private async Task SetWorkspaceAsync(string? scope, string? workspace)
    {
        _workspace = workspace;
        if (scope == "project")
        {
            _projects = workspace is null ? [] : [.. ((await AskAsync(new ListProjects(Org, workspace, new PageRequest(PageRequest.MaxLimit))))?.Items ?? []).Select(p => (p.Slug, p.Name))];
            workspace = _projects.Select(p => p.Value).FirstOrDefault();
        }

        await PlaceChanged.InvokeAsync(workspace);
    }
}
