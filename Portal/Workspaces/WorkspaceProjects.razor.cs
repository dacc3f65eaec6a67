using Hexabase.Portal.Controls;
using Hexabase.Portal.Shell;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Workspaces;

/// <summary>The projects of a workspace, with the form for one above the list.</summary>
public sealed partial class WorkspaceProjects
{
    private ConfirmDialog? _confirm;
    private ProjectForm? _form;

    [Parameter, EditorRequired] public required WorkspaceRow Workspace { get; set; }

    [Parameter, EditorRequired] public required IReadOnlyList<ProjectRow> Projects { get; set; }

    [Parameter] public bool CanEdit { get; set; }

    private void Open(ProjectRow? row)
    {
        Problem = null;
        _form = new ProjectForm { Slug = row?.Slug, Version = row?.Version, Name = row?.Name, Labels = LabelsForm.Of(row?.Labels ?? new Dictionary<string, string>(), []) };
    }

    private void Close() => (_form, Problem) = (null, null);

    private async Task SaveAsync()
    {
        if (_form is not { } form) return;
        var (done, answer) = form.Slug is null
            ? await SendAsync(new CreateProject(Org, Workspace.Slug, form.Name, form.Labels.Labels))
            : await SendAsync(new ChangeProject(Org, Workspace.Slug, form.Slug, form.Name ?? "", form.Labels.Labels, form.Version));
        if (!done || answer is null) return;
        Toasts.Show(T["form.saved"], Tone.Good);
        Close();
    }

    private async Task ArchiveAsync(ProjectRow row)
    {
        if (_confirm is null || !await _confirm.AskAsync(new Question(T["projects.archiveTitle", row.Name], T["projects.archiveText"], T["list.archive"], Dangerous: true))) return;
        var (done, _) = await SendAsync(new ArchiveProject(Org, Workspace.Slug, row.Slug, row.Version));
        if (!done && Problem is { } problem) Toasts.Show(T.Problem(problem), Tone.Bad);
    }

    private sealed class ProjectForm
    {
        public string? Slug { get; init; }

        public long? Version { get; init; }

        public string? Name { get; set; }

        public required LabelsForm Labels { get; init; }
    }
}
