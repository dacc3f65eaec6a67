namespace Hexabase.Portal.Costs.Focus;

/// <summary>How often one warning was met in one column.</summary>
/// <param name="Code">The warning's stable code.</param>
/// <param name="Column">The header name; null where it concerns the whole row.</param>
/// <param name="Count">The number of rows; 1 for a warning of the header.</param>
/// <param name="FirstRow">The first of them (from 1; 0 is the header).</param>
/// <param name="Message">The message of the first of them.</param>
/// <param name="ExampleRows">The first rows, at most <see cref="FocusWarningTally.MaxExamples"/>.</param>
/// <param name="Found">What stands in the first of them.</param>
public sealed record FocusWarningCount(string Code, string? Column, long Count, long FirstRow, string Message, IReadOnlyList<long> ExampleRows, string? Found = null);
