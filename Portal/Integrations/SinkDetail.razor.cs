using System.Globalization;
using Hexabase.Portal.Controls;
using Hexabase.Portal.Integrations.Siem;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Shell;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Integrations;

/// <summary>One sink: health, numbers, statement, replays and dead letters.</summary>
public sealed partial class SinkDetail
{
    private const int MonthsBack = 12;
    private ConfirmDialog? _confirm;
    private IReadOnlyList<SinkRunRow> _runs = [];
    private IReadOnlyList<DeadLetterRow> _letters = [];
    private SinkStatement? _statement;
    private DateOnly _month;
    private SinkTestRow? _test;
    private bool _testing;
    private string? _secret;
    private object? _loadedFor;

    [Parameter, EditorRequired] public required AuditSinkRow Sink { get; set; }

    [Parameter] public bool MayWrite { get; set; }

    [Parameter, EditorRequired] public required string EditHref { get; set; }

    [Parameter] public EventCallback OnChanged { get; set; }

    [Inject] private SinkTester Tester { get; set; } = default!;

    [Inject] private TimeProvider Clock { get; set; } = default!;

    private IReadOnlyList<(DateOnly, string)> Months
    {
        get
        {
            var today = DateOnly.FromDateTime(Clock.GetUtcNow().UtcDateTime);
            var month = new DateOnly(today.Year, today.Month, 1);
            return [.. Enumerable.Range(0, MonthsBack).Select(back => month.AddMonths(-back)).Select(m => (m, Display.Month(m)))];
        }
    }

    protected override async Task OnParametersSetAsync()
    {
        if (_month == default) _month = Months[0].Item1;
        // Lists are read again when the sink has moved, not with every render.
        var now = (Sink.Id, Sink.Version, Sink.Standing.Delivered, Sink.Standing.DeadLetters, Sink.State);
        if (now.Equals(_loadedFor)) return;
        var first = _loadedFor is null;
        _loadedFor = now;
        await LoadAsync();
        if (first) await LoadStatementAsync();
    }

    private async Task LoadAsync()
    {
        _runs = await AskAsync(new ListSinkRuns(Org, Sink.Slug)) ?? [];
        _letters = (await AskAsync(new ListSinkDeadLetters(Org, Sink.Slug, new PageRequest(20), OpenOnly: true)))?.Items ?? [];
    }

    // Each statement is an entry of the log: it is drawn up when asked for, not with every change.
    private async Task LoadStatementAsync() => _statement = await AskAsync(new GetSinkStatement(Org, Sink.Slug, _month.ToString("yyyy-MM", CultureInfo.InvariantCulture)));

    private async Task PickMonthAsync(DateOnly month)
    {
        _month = month;
        await LoadStatementAsync();
    }

    private async Task ReloadAsync()
    {
        await LoadAsync();
        await OnChanged.InvokeAsync();
    }

    private async Task TestAsync()
    {
        (_testing, _test, Problem) = (true, null, null);
        StateHasChanged();
        var result = await Tester.RunAsync(Actor, Org, Sink.Slug, null, Left);
        if (!result.TryGet(out _test, out var problem)) Problem = problem;
        _testing = false;
    }

    private Task PauseAsync() => DoAsync(new PauseAuditSink(Org, Sink.Slug, Sink.Version));

    private Task ResumeAsync() => DoAsync(new ResumeAuditSink(Org, Sink.Slug, Sink.Version));

    private Task CancelAsync(SinkRunRow run) => DoAsync(new CancelSinkRun(Org, Sink.Slug, run.Id));

    private Task ResendAsync(DeadLetterRow letter) => DoAsync(new ResendDeadLetter(Org, Sink.Slug, letter.Id));

    private async Task DismissAsync(DeadLetterRow letter)
    {
        if (_confirm is not null && await _confirm.AskAsync(new Question(T["sinks.dismissTitle"], T["sinks.dismissText"], T["sinks.dismiss"], Dangerous: true))) await DoAsync(new DismissDeadLetter(Org, Sink.Slug, letter.Id));
    }

    private async Task RotateAsync()
    {
        if (_confirm is null || !await _confirm.AskAsync(new Question(T["sinks.rotateTitle"], T["sinks.rotateText"], T["sinks.rotate"]))) return;
        var (done, made) = await SendAsync(new RotateSinkSecret(Org, Sink.Slug, Sink.Version));
        if (!done) return;
        _secret = made?.Secret;
        await OnChanged.InvokeAsync();
    }

    private async Task RemoveAsync()
    {
        if (_confirm is null || !await _confirm.AskAsync(new Question(T["sinks.removeTitle", Sink.Name], T["sinks.removeText"], T["sinks.remove"], Dangerous: true, Typed: Sink.Name))) return;
        var (done, _) = await SendAsync(new RemoveAuditSink(Org, Sink.Slug, Sink.Version));
        if (!done) return;
        Toasts.Show(T["sinks.removed", Sink.Name], Tone.Good);
        Navigation.NavigateTo(Url("audit/sinks"));
    }

    private async Task DoAsync<T>(Command<T> command)
    {
        var (done, _) = await SendAsync(command);
        if (done) await ReloadAsync();
    }
}
