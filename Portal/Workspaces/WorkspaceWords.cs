using Hexabase.Portal.Controls;

namespace Hexabase.Portal.Workspaces;

/// <summary>Text keys and tones of what comes as data.</summary>
internal static class WorkspaceWords
{
    /// <summary>The word that commands and queries take: "dedicatedNodes".</summary>
    public static string Word<T>(T value)
        where T : struct, Enum => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    public static string Key(WorkspaceEnvironment environment) => "environment." + Word(environment);

    public static string Key(DataClassification classification) => "classification." + Word(classification);

    public static string Key(IsolationLevel isolation) => "isolation." + Word(isolation);

    public static Tone Tone(WorkspaceEnvironment environment) => environment == WorkspaceEnvironment.Production ? Controls.Tone.Info : Controls.Tone.Neutral;

    public static Tone Tone(DataClassification classification) => classification is DataClassification.Restricted or DataClassification.Confidential ? Controls.Tone.Warn : Controls.Tone.Neutral;
}
