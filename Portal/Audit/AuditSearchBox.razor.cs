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

    private string _text = "";
    private bool _typing;

    [Parameter] public string? Value { get; set; }

    /// <summary>What cannot be read in the search.</summary>
    [Parameter] public FieldError? Refusal { get; set; }

    /// <summary>Entries whose values are offered while typing.</summary>
    [Parameter] public IReadOnlyList<AuditEntryRow> Known { get; set; } = [];

    /// <summary>What the search shown counted: its most frequent values are offered first.</summary>
    [Parameter] public AuditSummary? Summary { get; set; }

    [Parameter] public EventCallback<string> OnSearch { get; set; }

    [Inject] private Text T { get; set; } = default!;

    [Inject] private TimeProvider Clock { get; set; } = default!;

    [Inject] private Browser Browser { get; set; } = default!;

    private int? Column => int.TryParse(Refusal?.Column, NumberStyles.None, CultureInfo.InvariantCulture, out var column) && column >= 1 ? column : null;

    private IReadOnlyList<(string Word, string Text)> Suggestions => AuditCompletion.Of(_text, Known, Clock.GetUtcNow().UtcDateTime, Summary);

    protected override void OnInitialized() => _text = Value ?? "";

    private async Task TakeAsync(string text)
    {
        _text = text;
        await Browser.FocusAsync("#audit-q");
    }
}
