namespace Hexabase.Portal.Samples;

/// <summary>How finely the sample bill is itemized. The money is about the same in both.</summary>
public enum SampleSize
{
    /// <summary>About 20,000 lines in 13 months: one line a day for the main services of each workspace. For tests.</summary>
    Small,

    /// <summary>More than 1,000,000 lines in 13 months: every service, resource and, for compute, hour.</summary>
    Full,
}
