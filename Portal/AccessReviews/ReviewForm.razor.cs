using Hexabase.Portal.Access.Reviews;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.AccessRoles;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Hexabase.Portal.Workspaces;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.AccessReviews;

/// <summary>Starts a review.</summary>
public sealed partial class ReviewForm
{
    private const int UsualDays = 14;
    private string? _name;
    private string? _scope = "organization";
    private string? _place;
    private string? _workspace;
    private string? _role;
    private string? _rule = "owner";
    private string? _reviewer;
    private string? _missed = "keep";
    private DateOnly? _lastDay;
    private IReadOnlyList<(string Value, string Text)> _roles = [];
    private IReadOnlyList<(string Value, string Text)> _units = [];
    private IReadOnlyList<(string Value, string Text)> _workspaces = [];
    private IReadOnlyList<(string Value, string Text)> _projects = [];

    [Parameter] public EventCallback<ReviewRow> OnDone { get; set; }

    [Inject] private Shell.Viewer Viewer { get; set; } = default!;

    [Inject] private TimeProvider Clock { get; set; } = default!;

    private IReadOnlyList<(string, string)> Scopes =>
        [("organization", T["scope.Organization"]), ("businessUnit", T["scope.BusinessUnit"]), ("workspace", T["scope.Workspace"]), ("project", T["scope.Project"]), ("role", T["reviews.oneRole"])];

    private IReadOnlyList<(string, string)> Reviewers => [("owner", T["reviews.rule.Owner"]), ("member", T["reviews.rule.Member"])];

    private IReadOnlyList<(string, string)> Rules => [.. Enum.GetValues<MissedRule>().Select(m => (Words.Of(m), T[$"reviews.missed.{m}"]))];

    protected override async Task OnInitializedAsync()
    {
        _lastDay = DateOnly.FromDateTime(TimeZoneInfo.ConvertTimeFromUtc(Clock.GetUtcNow().UtcDateTime, Viewer.Zone)).AddDays(UsualDays);
        _roles = [.. (await AskAsync(new ListRoles(Org)) ?? []).Where(r => r.Key != BuiltInRoles.ServiceAdmin).Select(r => (r.Slug ?? r.Key, RoleWords.Name(T, r)))];
        _role = _roles.Select(r => r.Value).FirstOrDefault();
        _units = [.. ((await AskAsync(new ListBusinessUnits(Org, new PageRequest(PageRequest.MaxLimit))))?.Items ?? []).Select(u => (u.Slug, $"{new string('\u3000', u.Depth - 1)}{u.Name}"))];
        _workspaces = [.. ((await AskAsync(new ListWorkspaces(Org, new PageRequest(PageRequest.MaxLimit))))?.Items ?? []).Select(w => (w.Slug, w.Name))];
        // What the form cannot list is not what was asked for.
        Problem = null;
    }

    private async Task SetScopeAsync(string? scope)
    {
        (_scope, _place) = (scope, scope == "businessUnit" ? _units.Select(u => u.Value).FirstOrDefault() : null);
        if (scope is "workspace" or "project") await SetWorkspaceAsync(_workspace ?? _workspaces.Select(w => w.Value).FirstOrDefault());
    }

    private async Task SetWorkspaceAsync(string? workspace)
    {
        (_workspace, _place) = (workspace, workspace);
        if (_scope != "project") return;
        _projects = workspace is null ? [] : [.. ((await AskAsync(new ListProjects(Org, workspace, new PageRequest(PageRequest.MaxLimit))))?.Items ?? []).Select(p => (p.Slug, p.Name))];
        _place = _projects.Select(p => p.Value).FirstOrDefault();
    }

    private async Task SaveAsync()
    {
        // The last day counts, in the viewer's zone: the review is due where the next day begins.
        var due = _lastDay is { } day && day < DateOnly.MaxValue ? TimeZoneInfo.ConvertTimeToUtc(day.AddDays(1).ToDateTime(TimeOnly.MinValue, DateTimeKind.Unspecified), Viewer.Zone) : (DateTime?)null;
        var (done, row) = await SendAsync(new StartAccessReview(Org, new ReviewInput(_name, due, _scope, _place, _scope == "role" ? _role : null, _rule, _rule == "member" ? _reviewer : null, _missed)));
        if (done && row is not null) await OnDone.InvokeAsync(row);
    }
}
