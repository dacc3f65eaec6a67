using Hexabase.Portal.Controls;
using Hexabase.Portal.Shell;

namespace Hexabase.Portal.Home;

/// <summary>Words and tones of the decision queue.</summary>
internal static class HomeWords
{
    public static Tone Tone(HomeSeverity severity) => severity switch
    {
        HomeSeverity.Critical => Controls.Tone.Bad,
        HomeSeverity.Warning => Controls.Tone.Warn,
        HomeSeverity.Notice => Controls.Tone.Info,
        _ => throw new InvalidOperationException($"Unknown severity {severity}."),
    };

    public static string Severity(HomeSeverity severity) => severity switch
    {
        HomeSeverity.Critical => "home.critical",
        HomeSeverity.Warning => "home.warning",
        HomeSeverity.Notice => "home.notice",
        _ => throw new InvalidOperationException($"Unknown severity {severity}."),
    };

    /// <summary>What happens if nobody acts, in the viewer's language where it is written.</summary>
    public static string Consequence(Text text, HomeItem item) => text.Has($"home.{item.Kind}.consequence") ? text[$"home.{item.Kind}.consequence"] : item.Consequence;
}
