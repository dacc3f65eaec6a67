using Hexabase.Portal.Access.Reviews;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.AccessRoles;
using Hexabase.Portal.Kernel;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.AccessReviews;

/// <summary>Starts a review.</summary>
public sealed partial class ReviewForm
{
    private const int UsualDays = 14;
    private string? _name;
    private string? _scope = "organization";
    private string? _place;
    private string? _role;
    private string? _rule = "owner";
    private string? _reviewer;
    private string? _missed = "keep";
    private DateOnly? _lastDay;
    private IReadOnlyList<(string Value, string Text)> _roles = [];

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
        _role ??= _roles.Select(r => r.Value).FirstOrDefault();
        // What the form cannot list is not what was asked for.
        Problem = null;
    }

    private async Task SaveAsync()
    {
        // The last day counts, in the viewer's zone: the review is due where the next day begins.
        var due = Viewer.EndOf(_lastDay);
        var (done, row) = await SendAsync(new StartAccessReview(Org, new ReviewInput(_name, due, _scope, _place, _scope == "role" ? _role : null, _rule, _rule == "member" ? _reviewer : null, _missed)));
        if (done && row is not null) await OnDone.InvokeAsync(row);
    }
}
