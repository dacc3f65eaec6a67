using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Workspaces;

/// <summary>A project as people and programs see it; its own labels, without the workspace's.</summary>
public sealed record ProjectRow(Guid Id, string Slug, string Name, Guid WorkspaceId, IReadOnlyDictionary<string, string> Labels, bool IsArchived, DateTime CreatedAtUtc, long Version)
{
    internal static ProjectRow Of(Project p, long version) => new(p.Id, p.Slug, p.Name, p.WorkspaceId, LabelSet.Read(p.Labels), p.IsArchived, p.CreatedAtUtc, version);
}

/// <summary>Makes a project in a workspace (id or slug).</summary>
public sealed record CreateProject(string Org, string Workspace, string? Name, IReadOnlyDictionary<string, string>? Labels = null) : Command<ProjectRow>
{
    public override string Action => "project.create";

    public override string OrganizationKey => Org;

    public override Permission? Permission => WorkspacesPermissions.Write;

    public override Task<Result<AccessTarget>> TargetAsync(ReadScope scope, CancellationToken cancellationToken) => WorkspacePlace.FindAsync(scope, Workspace, cancellationToken);

    public override async Task<Result<ProjectRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var workspace = await WorkspacePlace.Find(scope, Workspace).SingleOrDefaultAsync(cancellationToken);
        if (workspace is null) return Problem.NotFound("workspace");
        if (workspace.IsArchived) return Problem.Refused("workspace.archived", $"{workspace.Name} is archived; projects are made in workspaces that are in use.", workspace.Name);
        var errors = new List<FieldError>();
        if (TextRule.Check("name", Name, 200, out var name) is { } nameError) errors.Add(nameError);
        var labels = LabelSet.Check(Labels, [], errors);
        if (errors.Count > 0) return Problem.Invalid(errors);
        var stem = Slug.Stem(name);
        var taken = await scope.Db.Set<Project>().Where(p => p.Slug.StartsWith(stem)).Select(p => p.Slug).ToListAsync(cancellationToken);
        var project = Project.Create(scope.OrganizationId, workspace.Id, Slug.From(name, "project", taken.ToHashSet(StringComparer.Ordinal)), name, labels, scope.NowUtc);
        scope.Db.Add(project);
        scope.Audit("project", project.Id, project.Name, workspace.Id);
        scope.Touch(LiveTopic.Workspaces, workspace.Id, workspace.Version);
        return ProjectRow.Of(project, 1);
    }
}

/// <summary>Changes what is given; null = as before.</summary>
public sealed record ChangeProject(
    string Org, string Workspace, string Project, string? Name = null, IReadOnlyDictionary<string, string>? Labels = null, long? ExpectedVersion = null) : Command<ProjectRow>
{
    public override string Action => "project.change";

    public override string OrganizationKey => Org;

    public override Permission? Permission => WorkspacesPermissions.Write;

    public override Task<Result<AccessTarget>> TargetAsync(ReadScope scope, CancellationToken cancellationToken) => WorkspacePlace.FindProjectAsync(scope, Workspace, Project, cancellationToken);

    public override async Task<Result<ProjectRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (!(await ProjectChange.ForChangeAsync(scope, Workspace, Project, ExpectedVersion, cancellationToken)).TryGet(out var project, out var problem)) return problem;
        var errors = new List<FieldError>();
        var name = project.Name;
        if (Name is not null && TextRule.Check("name", Name, 200, out name) is { } nameError) errors.Add(nameError);
        var labels = Labels is null ? project.Labels : LabelSet.Check(Labels, [], errors);
        if (errors.Count > 0) return Problem.Invalid(errors);
        project.Change(name, labels);
        return ProjectChange.Answer(scope, project);
    }
}

/// <summary>Takes a project out of use; its costs and slug stay.</summary>
public sealed record ArchiveProject(string Org, string Workspace, string Project, long? ExpectedVersion = null) : Command<ProjectRow>
{
    public override string Action => "project.archive";

    public override string OrganizationKey => Org;

    public override Permission? Permission => WorkspacesPermissions.Write;

    public override Task<Result<AccessTarget>> TargetAsync(ReadScope scope, CancellationToken cancellationToken) => WorkspacePlace.FindProjectAsync(scope, Workspace, Project, cancellationToken);

    public override async Task<Result<ProjectRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (!(await ProjectChange.ForChangeAsync(scope, Workspace, Project, ExpectedVersion, cancellationToken)).TryGet(out var project, out var problem)) return problem;
        project.Archive();
        return ProjectChange.Answer(scope, project);
    }
}

/// <summary>The projects of a workspace. Filter: text in name or slug. Sorts: name (default), slug, createdAt.</summary>
public sealed record ListProjects(string Org, string Workspace, PageRequest Page, bool IncludeArchived = false) : Query<Paged<ProjectRow>>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => WorkspacesPermissions.Read;

    public override Task<Result<AccessTarget>> TargetAsync(ReadScope scope, CancellationToken cancellationToken) => WorkspacePlace.FindAsync(scope, Workspace, cancellationToken);

    public override async Task<Result<Paged<ProjectRow>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var (workspace, _) = await WorkspacePlace.ResolveAsync(scope, Workspace, project: false, cancellationToken);
        var projects = scope.Db.Set<Project>().Where(p => p.WorkspaceId == workspace && (IncludeArchived || !p.IsArchived));
        projects = KeyedList.Holding(projects, Page.Filter, p => p.Name, p => p.Slug);
        var page = await KeyedList.PageAsync(projects, Page, p => p.Id, Sorts, cancellationToken);
        return page.Map(p => new Paged<ProjectRow>([.. p.Items.Select(x => ProjectRow.Of(x, x.Version))], p.NextCursor));
    }

    private static readonly IReadOnlyList<SortBy<Project>> Sorts =
        [new("name", (Project p) => p.Name), new("slug", (Project p) => p.Slug), new("createdAt", (Project p) => p.CreatedAtUtc)];
}

/// <summary>One project of a workspace; both by id or slug.</summary>
public sealed record GetProject(string Org, string Workspace, string Project) : Query<ProjectRow>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => WorkspacesPermissions.Read;

    public override Task<Result<AccessTarget>> TargetAsync(ReadScope scope, CancellationToken cancellationToken) => WorkspacePlace.FindProjectAsync(scope, Workspace, Project, cancellationToken);

    public override async Task<Result<ProjectRow>> HandleAsync(ReadScope scope, CancellationToken cancellationToken) =>
        await ProjectChange.FindAsync(scope, Workspace, Project, cancellationToken) is { } project ? ProjectRow.Of(project, project.Version) : Problem.NotFound("project");
}

internal static class ProjectChange
{
    public static async Task<Project?> FindAsync(ReadScope scope, string workspace, string key, CancellationToken cancellationToken)
    {
        var (id, _) = await WorkspacePlace.ResolveAsync(scope, workspace, project: false, cancellationToken);
        return await WorkspacePlace.FindProject(scope, id, key).SingleOrDefaultAsync(cancellationToken);
    }

    public static async Task<Result<Project>> ForChangeAsync(WriteScope scope, string workspace, string key, long? expected, CancellationToken cancellationToken)
    {
        if (await FindAsync(scope, workspace, key, cancellationToken) is not { } project) return Problem.NotFound("project");
        return expected is { } version && version != project.Version ? Problem.Stale("project", project.Version) : project;
    }

    public static ProjectRow Answer(WriteScope scope, Project project)
    {
        scope.Audit("project", project.Id, project.Name, project.WorkspaceId);
        var version = NextVersion.Of(scope, project);
        scope.Touch(LiveTopic.Workspaces, project.WorkspaceId);
        return ProjectRow.Of(project, version);
    }
}
