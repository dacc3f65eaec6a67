namespace Hexabase.Portal.Shell;

/// <summary>The frame of a signed-in page: organization, person, and what the top bar shows. Null organization: no name is shown (platform scope).</summary>
public sealed record ShellState(string? Organization, string? Plan, bool IsSample, string UserName, string UserMail)
{
    public static readonly ShellState Empty = new(null, null, false, "", "");

    /// <summary>Two letters for the round sign; the first letter of a name that has no spaces (Japanese names).</summary>
    public string Initials
    {
        get
        {
            var words = UserName.Split([' ', '\u3000'], StringSplitOptions.RemoveEmptyEntries);
            return string.Concat(words.Length > 1 ? [First(words[0]), First(words[^1])] : words.Select(First)).ToUpperInvariant();
        }
    }

    private static string First(string word) => System.Globalization.StringInfo.GetNextTextElement(word);
}

/// <summary>Holds the <see cref="ShellState"/> of one circuit and the slot for the as-of picker.</summary>
public sealed class ShellModel
{
    public ShellState State { get; private set; } = ShellState.Empty;

    /// <summary>Drawn between search and live sign; null leaves the slot out.</summary>
    public Microsoft.AspNetCore.Components.RenderFragment? AsOf { get; private set; }

    public event Action? Changed;

    public void Show(ShellState state)
    {
        if (state == State) return;
        State = state;
        Changed?.Invoke();
    }

    public void ShowAsOf(Microsoft.AspNetCore.Components.RenderFragment? picker)
    {
        AsOf = picker;
        Changed?.Invoke();
    }
}
