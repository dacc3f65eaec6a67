namespace Hexabase.Portal.Samples;

/// <summary>One FOCUS file of the sample bill, written on demand.</summary>
/// <param name="Name">File name: "aws-2026-03.csv.gz".</param>
/// <param name="Provider">FOCUS ProviderName of all its lines.</param>
/// <param name="Month">First day of its billing period.</param>
/// <param name="Mode">How to import it: "append", or "replace" where it supersedes what was delivered for its provider, billing account and month.</param>
/// <param name="WriteAsync">Writes the file (gzip of CSV in UTF-8) to the stream, which stays open, in constant memory. May run more than once, with the same content.</param>
public sealed record SampleFile(string Name, string Provider, DateOnly Month, string Mode, Func<Stream, CancellationToken, Task> WriteAsync);
