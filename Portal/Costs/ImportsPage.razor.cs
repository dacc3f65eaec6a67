using System.Text.Json;
using Hexabase.Portal.Controls;
using Hexabase.Portal.Costs.Imports;
using Hexabase.Portal.Jobs;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Shell;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Costs;

/// <summary>Bills come in here: drop a file, watch it load, see what came of every one.</summary>
public sealed partial class ImportsPage
{
    private const int MostRunning = 20;
    private DataTable<CostImportRow>? _table;
    private IReadOnlyList<JobRow> _running = [];
    private Problem? _refused;
    private string _onError = "reject";
    private string _mode = "append";
    private int _loads;

    [SupplyParameterFromQuery(Name = "id")] public Guid? Id { get; set; }

    [Inject] private TimeProvider Clock { get; set; } = default!;

    protected override IReadOnlyCollection<string> Topics => [LiveTopic.Jobs, LiveTopic.Costs];

    private string UploadUrl => $"/api/v1/organizations/{Org}/cost-imports?name={{name}}&onError={_onError}&mode={_mode}";

    private IReadOnlyList<(string, string)> OnErrorOptions => [("reject", T["imports.onError.reject"]), ("skip", T["imports.onError.skip"])];

    private IReadOnlyList<(string, string)> ModeOptions => [("append", T["imports.mode.append"]), ("replace", T["imports.mode.replace"])];

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        var ended = _running.Count;
        if (May(JobPermissions.Read) && await AskAsync(new ListJobs(Org ?? "", new PageRequest(MostRunning), CostImportJob.Kind)) is { } jobs)
            _running = [.. jobs.Items.Where(j => j.State is JobState.Queued or JobState.Running)];
        // The list is read again when an import came or went, not for each step of its progress.
        if (_table is null || (ended == _running.Count && _running.Count > 0)) return;
        _loads++;
        await _table.RefreshAsync();
    }

    private Task<DataTablePage<CostImportRow>> LoadRowsAsync(DataTableQuery query, CancellationToken cancellationToken)
    {
        _refused = null;
        return TableLoading.LoadAsync(query, null, page => Portal.AskAsync(Actor, new ListImports(Org ?? "", page), cancellationToken), problem => _refused = problem);
    }

    private async Task UploadedAsync(Uploaded uploaded)
    {
        Toasts.Show(T["imports.taken", uploaded.FileName], Tone.Good);
        using var answer = JsonDocument.Parse(uploaded.Body);
        await ReloadAsync();
        if (_table is not null) await _table.RefreshAsync();
        if (answer.RootElement.TryGetProperty("importId", out var id)) Navigation.NavigateTo(Address(id.GetGuid()));
    }

    private void Refused(Uploaded refused) => Toasts.Show(T["imports.notTaken", refused.FileName, refused.Body], Tone.Bad);

    private async Task CancelAsync(JobRow job)
    {
        var result = await SendAsync(new CancelJob(job.Id));
        if (result.Problem is { } problem) Toasts.Show(T.Problem(problem), Tone.Bad);
        await ReloadAsync();
    }

    private string ProgressWords(JobRow job)
    {
        if (job.State == JobState.Queued || job.StartedAtUtc is not { } started) return T["imports.waiting"];
        var words = new List<string> { Display.Percent(job.Progress, 0) };
        if (job.Note is { Length: > 0 } note) words.Add(JobNotes.Of(note, T, Display));
        var taken = Clock.GetUtcNow().UtcDateTime - started;
        if (job.Progress is > 0.02 and < 1 && taken.TotalSeconds > 1) words.Add(T["imports.left", Display.Duration(taken * ((1 - job.Progress) / job.Progress))]);
        return string.Join(" · ", words);
    }

    private string Address(Guid id) => Url($"imports?id={id}");
}

/// <summary>How imports read.</summary>
internal static class ImportWords
{
    public static Tone ToneOf(string state) => state switch
    {
        "active" => Tone.Good,
        "failed" => Tone.Bad,
        "running" or "queued" => Tone.Info,
        "duplicate" => Tone.Warn,
        _ => Tone.Neutral,
    };
}
