using Hexabase.Portal.Integrations.Siem;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Integrations;

/// <summary>Makes or changes a sink; a receiver can be tried before anything is stored.</summary>
public sealed partial class SinkForm
{
    private SinkDraft _draft = new();
    private SinkTestRow? _test;
    private bool _testing;
    private string? _secret;
    private string _savedSlug = "";

    /// <summary>Null = a new one.</summary>
    [Parameter] public AuditSinkRow? Sink { get; set; }

    [Parameter, EditorRequired] public required string CloseHref { get; set; }

    /// <summary>With the sink's slug.</summary>
    [Parameter] public EventCallback<string> OnSaved { get; set; }

    [Inject] private SinkTester Tester { get; set; } = default!;

    private IReadOnlyList<(AuditSinkKind, string)> KindOptions => [.. SinkWords.Kinds.Select(k => (k, T[SinkWords.Kind(k)]))];

    private IReadOnlyList<(string, string)> FormatOptions => [.. _draft.Formats.Select(f => (f, T[SinkWords.Format(f)]))];

    private IReadOnlyList<(SyslogFraming, string)> FramingOptions => [.. Enum.GetValues<SyslogFraming>().Select(f => (f, T[$"sinks.framing.{f}"]))];

    private string? SecretHelp => Sink?.HasCredential == true ? T["sinks.kept"] : null;

    private string Example => _draft.Kind switch
    {
        AuditSinkKind.Hec => "https://splunk.example.com:8088",
        AuditSinkKind.Https => "https://siem.example.com/audit",
        AuditSinkKind.File => "audit.jsonl",
        AuditSinkKind.SyslogTcp => "siem.example.com:514",
        _ => "siem.example.com:6514",
    };

    // Once: what is being typed stays while the list behind the form moves.
    protected override void OnInitialized()
    {
        if (Sink is not null) _draft = SinkDraft.Of(Sink);
    }

    private static bool IsFixed(string field) => AuditFields.TryFind(field, out var known) && AuditFields.IsFixed(known);

    private async Task SaveAsync()
    {
        _test = null;
        if (Sink is not null)
        {
            var (changed, row) = await SendAsync(new ChangeAuditSink(Org, Sink.Slug, _draft.ToInput(), Sink.Version));
            if (changed && row is not null) await OnSaved.InvokeAsync(row.Slug);
            return;
        }

        var (done, made) = await SendAsync(new CreateAuditSink(Org, _draft.ToInput()));
        if (!done || made is null) return;
        (_savedSlug, _secret) = (made.Row.Slug, made.Secret);
        if (_secret is null) await OnSaved.InvokeAsync(_savedSlug);
    }

    private async Task TestAsync()
    {
        (_testing, _test, Problem) = (true, null, null);
        StateHasChanged();
        var result = await Tester.RunAsync(Actor, Org, Sink?.Slug, _draft.ToInput(), Left);
        if (!result.TryGet(out _test, out var problem)) Problem = problem;
        _testing = false;
    }

    private void SetTreatment(string field, ChangeEventArgs e)
    {
        if (Enum.TryParse<FieldTreatment>(e.Value as string, out var treatment)) Set(field, (_draft.Fields.GetValueOrDefault(field) ?? new FieldRule()) with { Treatment = treatment });
    }

    private void SetName(string field, ChangeEventArgs e) =>
        Set(field, (_draft.Fields.GetValueOrDefault(field) ?? new FieldRule()) with { As = (e.Value as string)?.Trim() is { Length: > 0 } name ? name : null });

    private void Set(string field, FieldRule rule)
    {
        if (rule is { Treatment: FieldTreatment.Keep, As: null }) _draft.Fields.Remove(field);
        else _draft.Fields[field] = rule;
    }
}
