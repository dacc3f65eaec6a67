using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Samples;

/// <summary><c>--sample</c> at the start of the portal: once it listens, the sample organization is asked for unless it is complete.</summary>
internal static class SampleStart
{
    private const string Flag = "--sample";

    /// <summary>Takes the flag out of the arguments, because the host would read the word behind it as its value.</summary>
    /// <param name="size">"full" or the size in <c>--sample=small</c>; null without the flag.</param>
    public static string[] Take(string[] args, out string? size)
    {
        size = null;
        foreach (var arg in args)
        {
            if (arg == Flag) size = "full";
            else if (arg.StartsWith(Flag + "=", StringComparison.Ordinal)) size = arg[(Flag.Length + 1)..];
        }

        return [.. args.Where(a => a != Flag && !a.StartsWith(Flag + "=", StringComparison.Ordinal))];
    }

    /// <summary>Prints one line; a refusal does not keep the portal from serving.</summary>
    public static async Task RunAsync(IPortal portal, string size, CancellationToken cancellationToken)
    {
        var actor = Actor.System("startup");
        var status = await portal.AskAsync(actor, new GetSampleStatus(), cancellationToken);
        if (status is { Succeeded: true, Value.IsComplete: true })
        {
            await Console.Out.WriteLineAsync("The sample organization is loaded.");
            return;
        }

        var started = await portal.SendAsync(actor, new LoadSample(size), cancellationToken);
        if (started.TryGet(out var load, out var problem)) await Console.Out.WriteLineAsync($"The sample organization is being loaded (job {load.JobId}).");
        else await Console.Error.WriteLineAsync($"The sample organization is not loaded. {problem.Message}");
    }
}
