namespace Hexabase.Portal.Costs.Focus;

/// <summary>One finding in a FOCUS file.</summary>
/// <param name="Row">Data records from 1; 0 is the header or the file as a whole.</param>
/// <param name="Column">The header name of the column; null where the finding concerns the whole row.</param>
/// <param name="Code">A stable dotted code, "focus.cost.nonFinite".</param>
/// <param name="Message">What was found, the rule of FOCUS, and the way out; one sentence each, safe to show (control characters escaped, long values cut).</param>
/// <param name="Found">What stands in the file, in quotes, as safe to show as the message; null where there is nothing to show. Other languages put it into their own sentence.</param>
public sealed record FocusIssue(long Row, string? Column, string Code, string Message, string? Found = null);
