using System.Globalization;
using Hexabase.Portal.Audit.Search;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Shell;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Audit;

/// <summary>One box for the whole search: qualifiers, completion while typing, and a refusal shown at its column.</summary>
public sealed partial class AuditSearchBox
{
    private static readonly string[] Examples =
        ["actor:mori@example.com", "action:budget.*,quota.*", "-status:success", "resource:Finance-BU", "ip:10.0.0.0/8", "after:2026-01-31", "\"free text\""];

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(80);

    private string _text = "";
    private bool _typing;
    private IReadOnlyList<string> _values = [];
    private int _typed;

    [Parameter] public string? Value { get; set; }

    /// <summary>What cannot be read in the search.</summary>
    [Parameter] public FieldError? Refusal { get; set; }

    [Parameter] public EventCallback<string> OnSearch { get; set; }

    [Inject] private TimeProvider Clock { get; set; } = default!;

    [Inject] private Browser Browser { get; set; } = default!;

    private int? Column => int.TryParse(Refusal?.Column, NumberStyles.None, CultureInfo.InvariantCulture, out var column) && column >= 1 ? column : null;

    private IReadOnlyList<(string Word, string Text)> Suggestions => AuditCompletion.Of(_text, _values, Clock.GetUtcNow().UtcDateTime);

    protected override void OnInitialized() => _text = Value ?? "";

    /// <summary>Asks for the values that may follow; of several letters in a row only the last one's are shown.</summary>
    private async Task TypedAsync()
    {
        (_typing, _values) = (true, []);
        var typed = ++_typed;
        if (AuditCompletion.Asked(_text) is not { } asked) return;
        await Task.Delay(Pause, Clock, Left);
        if (typed != _typed) return;
        var answer = await Portal.AskAsync(Actor, new CompleteAudit(Org.Length == 0 ? null : Org, asked.Field, asked.Prefix), Left);
        if (typed == _typed && answer.Succeeded) _values = answer.Value;
    }

    private async Task TakeAsync(string text)
    {
        _text = text;
        var values = TypedAsync();
        // At once: whoever goes on typing must not be interrupted when the values come.
        await Browser.FocusAsync("#audit-q");
        await values;
    }
}
