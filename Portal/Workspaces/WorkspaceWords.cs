using Hexabase.Portal.Controls;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Workspaces;

/// <summary>Text keys and tones of what comes as data.</summary>
internal static class WorkspaceWords
{
    public static string Key(WorkspaceEnvironment environment) => "environment." + Words.Of(environment);

    public static string Key(DataClassification classification) => "classification." + Words.Of(classification);

    public static string Key(IsolationLevel isolation) => "isolation." + Words.Of(isolation);

    public static Tone Tone(WorkspaceEnvironment environment) => environment == WorkspaceEnvironment.Production ? Controls.Tone.Info : Controls.Tone.Neutral;

    public static Tone Tone(DataClassification classification) => classification is DataClassification.Restricted or DataClassification.Confidential ? Controls.Tone.Warn : Controls.Tone.Neutral;
}
