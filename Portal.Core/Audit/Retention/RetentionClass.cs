namespace Hexabase.Portal.Audit.Retention;

/// <summary>How long entries are kept. An entry's class is fixed when it is written; storage is partitioned by class and month, so that expiry drops partitions.</summary>
public static class RetentionClass
{
    /// <summary>Kept for good.</summary>
    public const int Forever = 0;

    /// <summary>Seven years, the default of the enterprise plan and of the platform's own log.</summary>
    public const int Longest = 2557;

    /// <summary>The default of the team plan.</summary>
    public const int Team = 90;

    /// <summary>The classes there are, in days; 366 covers the twelve months of PCI DSS 10.5.1, 2192 the six years of HIPAA 164.316(b)(2).</summary>
    public static IReadOnlyList<int> All { get; } = [Team, 366, 731, 1096, 1827, 2192, Longest, 3653, Forever];

    /// <summary>The shortest class that keeps at least so many days.</summary>
    public static int AtLeast(int days) => All.Where(c => c != Forever).Order().FirstOrDefault(c => c >= days, Forever);

    public static int OfPlan(string plan) => plan == "team" ? Team : Longest;
}
