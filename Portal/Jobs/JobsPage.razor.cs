using Hexabase.Portal.Controls;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Shell;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Jobs;

/// <summary>All long work of an organization, newest first; one job beside the list.</summary>
public sealed partial class JobsPage
{
    private DataTable<JobRow>? _table;
    private IReadOnlyList<string> _kinds = [];
    private JobRow? _job;
    private string? _shownKind;
    private bool _ready;

    [SupplyParameterFromQuery] public Guid? Id { get; set; }

    [SupplyParameterFromQuery] public string? Kind { get; set; }

    [Inject] private TimeProvider Clock { get; set; } = default!;

    protected override IReadOnlyCollection<string> Topics => [LiveTopic.Jobs];

    private DateTime Now => Clock.GetUtcNow().UtcDateTime;

    private IReadOnlyList<FilterChip.Option> KindOptions =>
        [new("", T["jobs.allKinds"], Kind is null), .. _kinds.Select(k => new FilterChip.Option(k, JobWords.Kind(k, T), k == Kind))];

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        if (!_ready || !May(JobPermissions.Read))
        {
            // The kinds that there are to choose from, from the newest jobs: also tells whether the viewer may look at all.
            if (await AskAsync(new ListJobs(Org ?? "", new PageRequest(200))) is not { } newest) return;
            (_kinds, _ready) = ([.. newest.Items.Select(j => j.Kind).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)], true);
        }

        _job = null;
        if (Id is { } id)
        {
            // A job that is gone, or another organization's, leaves the list as it is.
            var answer = await Portal.AskAsync(Actor, new GetJob(id), cancellationToken);
            if (answer.TryGet(out var job, out _) && job.OrganizationId == Tenant?.Id) _job = job;
        }

        if (_table is null) return;
        if (_shownKind == Kind) await _table.RefreshAsync();
        else await _table.ResetAsync();
    }

    private Task<DataTablePage<JobRow>> LoadRowsAsync(DataTableQuery query, CancellationToken cancellationToken)
    {
        _shownKind = Kind;
        return TableLoading.LoadAsync(query, null, page => Portal.AskAsync(Actor, new ListJobs(Org ?? "", page, Kind), cancellationToken));
    }

    private void Show(string? kind) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameter("kind", string.IsNullOrEmpty(kind) ? null : kind), replace: true);

    private string Address(Guid? id) => Navigation.GetUriWithQueryParameter("id", id);
}
