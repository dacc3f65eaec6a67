namespace Hexabase.Portal.Data.Embedded;

/// <summary>Life of the embedded server as the portal sees it.</summary>
public enum EmbeddedPostgresState
{
    /// <summary>Being started for the first time.</summary>
    Starting,

    /// <summary>Accepts connections.</summary>
    Running,

    /// <summary>Ended unexpectedly; the portal is starting it again.</summary>
    Restarting,

    /// <summary>Stopped with the portal.</summary>
    Stopped,
}
