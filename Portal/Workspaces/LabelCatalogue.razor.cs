using Hexabase.Portal.Controls;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Workspaces;

/// <summary>The label keys that the organization has agreed on; required ones must be on every workspace that is made or changed.</summary>
public sealed partial class LabelCatalogue
{
    private ConfirmDialog? _confirm;
    private LabelKeyForm? _form;

    [Parameter, EditorRequired] public required IReadOnlyList<LabelKeyRow> Keys { get; set; }

    [Parameter] public bool CanEdit { get; set; }

    [Parameter] public EventCallback OnChanged { get; set; }

    private void Edit(LabelKeyRow? row)
    {
        Problem = null;
        _form = new LabelKeyForm { Key = row?.Key, Required = row?.Required ?? true, Allowed = row is null ? "" : string.Join(", ", row.AllowedValues), Version = row?.Version };
    }

    private void Close() => (_form, Problem) = (null, null);

    private async Task SaveAsync()
    {
        if (_form is not { } form) return;
        var allowed = (form.Allowed ?? "").Split([',', '、'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        // Version 0 never exists: adding a key that someone has just added is told, not overwritten.
        var (done, _) = await SendAsync(new SetLabelKey(Org, form.Key ?? "", form.Required, allowed, form.Version ?? 0));
        if (!done) return;
        Close();
        await OnChanged.InvokeAsync();
    }

    private async Task RemoveAsync(LabelKeyRow row)
    {
        if (_confirm is null || !await _confirm.AskAsync(new Question(T["labels.removeTitle", row.Key], T["labels.removeText"], T["common.remove"], Dangerous: true))) return;
        var (done, _) = await SendAsync(new DeleteLabelKey(Org, row.Key, row.Version));
        if (!done && Problem is { } problem) Toasts.Show(Shell.ProblemText.Problem(T, problem), Tone.Bad);
        await OnChanged.InvokeAsync();
    }

    private sealed class LabelKeyForm
    {
        public string? Key { get; set; }

        public bool Required { get; set; }

        public string? Allowed { get; set; }

        public long? Version { get; init; }
    }
}
