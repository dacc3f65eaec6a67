namespace Hexabase.Portal.Controls;

/// <summary>What a colour means. It never stands alone: a word or sign says the same.</summary>
public enum Tone { Neutral, Info, Good, Warn, Bad }

internal static class Tones
{
    public static string Class(this Tone tone) => tone switch { Tone.Info => "info", Tone.Good => "good", Tone.Warn => "warn", Tone.Bad => "bad", Tone.Neutral => "", _ => "" };

    public static string Icon(this Tone tone) => tone switch { Tone.Good => "ok", Tone.Warn or Tone.Bad => "alert", Tone.Info or Tone.Neutral => "info", _ => "info" };
}
