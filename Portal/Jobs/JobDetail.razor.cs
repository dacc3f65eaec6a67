using Hexabase.Portal.Controls;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Shell;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Jobs;

/// <summary>One job: how far it is, what came of it, what to correct.</summary>
public sealed partial class JobDetail
{
    private ConfirmDialog? _confirm;
    private IReadOnlyList<JobMessage> _errors = [];
    private IReadOnlyList<JobMessage> _warnings = [];
    private IReadOnlyList<(string Name, string Value)> _result = [];
    private long _shown;

    [Parameter, EditorRequired] public required JobRow Row { get; set; }

    [Parameter] public bool CanCancel { get; set; }

    [Parameter] public EventCallback OnChanged { get; set; }

    [Inject] private TimeProvider Clock { get; set; } = default!;

    private DateTime Now => Clock.GetUtcNow().UtcDateTime;

    protected override void OnParametersSet()
    {
        if (_shown == Row.Version) return;
        _shown = Row.Version;
        (_errors, _warnings, _result) = (JobWords.Messages(Row.Errors), JobWords.Messages(Row.Warnings), JobWords.Result(Row.Result, T, Display));
    }

    private TimeSpan? Remaining => JobWords.Left(Row, Now);

    private string Place(JobMessage m) => (m.Row, m.Column) switch
    {
        // FOCUS counts records from 1; what stands above them is the header.
        (0, { } column) => T["jobs.placeHeader", column],
        ({ } row, { } column) => T["jobs.place", Display.Number(row), column],
        ({ } row, null) => T["jobs.placeRow", Display.Number(row)],
        (null, { } column) => column,
        _ => "",
    } + (m.Count > 1 ? $" ×{Display.Number(m.Count)}" : "");

    private string Words(JobMessage m) => T.Finding(m.Code, m.Message, m.Column, m.Found);

    private async Task CancelAsync()
    {
        if (_confirm is null || !await _confirm.AskAsync(new Question(T["jobs.cancelTitle"], T["jobs.cancelText"], T["jobs.cancel"], Dangerous: true))) return;
        var (done, _) = await SendAsync(new CancelJob(Row.Id));
        if (done) await OnChanged.InvokeAsync();
    }
}
