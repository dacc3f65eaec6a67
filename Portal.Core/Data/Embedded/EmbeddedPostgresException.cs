namespace Hexabase.Portal.Data.Embedded;

/// <summary>Why the embedded server cannot be used.</summary>
public enum EmbeddedPostgresFault
{
    /// <summary><c>initdb</c> or <c>postgres</c>, or a tool the start needs, is not installed.</summary>
    BinariesMissing,

    /// <summary>The data directory belongs to another major version of PostgreSQL.</summary>
    VersionMismatch,

    /// <summary>Another portal holds the data directory.</summary>
    InUse,

    /// <summary>The server could not be set up or ended while starting.</summary>
    CannotStart,
}

/// <summary>The embedded server cannot be used. The message is for the operator and says the way out.</summary>
public sealed class EmbeddedPostgresException : Exception
{
    /// <summary>Creates the exception.</summary>
    public EmbeddedPostgresException(EmbeddedPostgresFault fault, string message, Exception? inner = null)
        : base(message, inner) => Fault = fault;

    /// <summary>What is wrong.</summary>
    public EmbeddedPostgresFault Fault { get; }
}
