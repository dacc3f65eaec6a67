namespace Hexabase.Portal.Kernel;

/// <summary>Section <c>Jobs</c>.</summary>
public sealed record JobOptions
{
    /// <summary>The name of this replica's storage: jobs bound to it wait for it. Empty = the machine's name.</summary>
    public string Node { get; init; } = Environment.MachineName;

    /// <summary>Jobs that one replica runs at a time.</summary>
    public int Parallel { get; init; } = 2;

    /// <summary>A running job without a sign of life for so long has lost its worker.</summary>
    public TimeSpan LostAfter { get; init; } = TimeSpan.FromSeconds(30);

    public int MaxAttempts { get; init; } = 3;
}
