using System.Globalization;
using System.Text.Json;
using Hexabase.Portal.Audit.Export;
using Hexabase.Portal.Hosting;

namespace Hexabase.Portal.Cli;

/// <summary><c>portal verify-audit FILE|DIR</c>: no database, no network. Exit codes: 0 valid, 1 not valid, 2 unusable input.</summary>
internal static class VerifyAuditVerb
{
    public static async Task<int> RunAsync(CliArguments arguments, CancellationToken cancellationToken)
    {
        VerificationResult result;
        try
        {
            var request = VerificationInput.Collect(arguments.File, arguments.All("checkpoint"), arguments.All("key"));
            using var bar = new ProgressLine(arguments.Json);
            result = await BundleVerifier.VerifyAsync(request, new Bar(bar), cancellationToken);
            bar.Clear();
        }
        catch (UnusableInputException e)
        {
            if (arguments.Json) await Console.Out.WriteLineAsync(JsonSerializer.Serialize(new { isValid = false, unusable = e.Message }, ApiJson.Options));
            else await Console.Error.WriteLineAsync(Plain(e.Message));
            return 2;
        }

        if (arguments.Json) await Console.Out.WriteLineAsync(JsonSerializer.Serialize(result, ApiJson.Options));
        else await PrintAsync(result);
        return result.IsValid ? 0 : 1;
    }

    private static async Task PrintAsync(VerificationResult result)
    {
        var output = Console.Out;
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{(result.IsValid ? "VALID" : "NOT VALID")}: {result.Entries:N0} entries, {result.Bytes:N0} bytes, {result.CheckpointsCompared:N0} signed checkpoints compared"));
        foreach (var log in result.Logs) await output.WriteLineAsync($"  log   {log}");
        if (result.HeadRoot is { } root) await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"  head  {result.HeadSize:N0} entries, root {root}"));
        foreach (var key in result.Keys) await output.WriteLineAsync($"  key   {key.KeyHash}, SHA-256 {key.Fingerprint}{(key.Pinned ? ", pinned" : "")}");
        foreach (var note in result.Notes) await output.WriteLineAsync($"Note: {Plain(note)}");
        foreach (var finding in result.Findings)
        {
            var place = finding switch
            {
                { File: { } file, Line: { } line } => string.Create(CultureInfo.InvariantCulture, $"{file}:{line}: "),
                { File: { } file } => $"{file}: ",
                _ => "",
            };
            await output.WriteLineAsync(Plain($"{place}{finding.Code}: {finding.Message}"));
        }

        if (result.FindingCount > result.Findings.Count) await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"... and {result.FindingCount - result.Findings.Count:N0} more findings."));
    }

    /// <summary>What a forged file says goes to a terminal, which would obey its control characters.</summary>
    internal static string Plain(string text) => string.Concat(text.Select(c => char.IsControl(c) || char.GetUnicodeCategory(c) == UnicodeCategory.Format ? '\uFFFD' : c));

    private sealed class Bar(ProgressLine line) : IProgress<VerificationProgress>
    {
        public void Report(VerificationProgress value) => line.Show((double)value.Bytes / Math.Max(1, value.Of), "verifying");
    }
}
