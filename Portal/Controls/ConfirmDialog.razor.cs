using Hexabase.Portal.Shell;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Controls;

/// <summary>What is asked: a noun title, what will happen, and the verb of the button. <see cref="Typed"/>: the words a person has to type where there is no undo.</summary>
public sealed record Question(string Title, string Text, string Verb, bool Dangerous = false, string? Typed = null);

/// <summary>A native modal dialog. Esc and Cancel answer no; the focus returns to where it was. <c>if (await _confirm.AskAsync(new(...))) ...</c></summary>
public sealed partial class ConfirmDialog
{
    private static long _last;

    private ElementReference _dialog;
    private Question? _question;
    private string? _typed;
    private TaskCompletionSource<bool>? _answer;

    [Inject] private Browser Browser { get; set; } = default!;

    [Inject] private Text T { get; set; } = default!;

    private string TitleId { get; } = "confirm-" + Interlocked.Increment(ref _last).ToString("x", System.Globalization.CultureInfo.InvariantCulture);

    private bool Allowed => _question?.Typed is not { } typed || string.Equals(_typed?.Trim(), typed, StringComparison.Ordinal);

    /// <summary>Asks and waits. A second question answers the first with no.</summary>
    public async Task<bool> AskAsync(Question question)
    {
        _answer?.TrySetResult(false);
        var answer = _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        (_question, _typed) = (question, null);
        StateHasChanged();
        await Browser.OpenAsync(_dialog);
        return await answer.Task;
    }

    private async Task AnswerAsync(bool yes)
    {
        if (yes && !Allowed) return;
        _answer?.TrySetResult(yes);
        await Browser.CloseAsync(_dialog);
    }

    private void Closed() => _answer?.TrySetResult(false);
}
