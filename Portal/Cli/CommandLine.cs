using Hexabase.Portal.Data.Embedded;
using Hexabase.Portal.Hosting;

namespace Hexabase.Portal.Cli;

/// <summary>The operator's verbs of the same binary: <c>portal migrate</c>, <c>portal token create</c>, ... Exit codes: 0 done, 1 refused or failed, 2 wrong usage.</summary>
internal static class CommandLine
{
    private static readonly Dictionary<string, Func<CliArguments, CancellationToken, Task<int>>> Verbs = new(StringComparer.Ordinal)
    {
        ["migrate"] = MigrateVerb.RunAsync,
        ["token create"] = TokenVerb.CreateAsync,
        ["import-costs"] = ImportVerb.RunAsync,
        ["sample load"] = SampleVerb.LoadAsync,
        ["backup"] = BackupVerb.BackupAsync,
        ["restore"] = BackupVerb.RestoreAsync,
        ["verify-audit"] = VerifyAuditVerb.RunAsync,
        ["rotate-audit-key"] = RotateAuditKeyVerb.RunAsync,
    };

    private const string Help = """
        portal [--sample]            serves; PORTAL_PORT, PORTAL_BIND, PORTAL_DATA, PORTAL_BOOTSTRAP_TOKEN
                                     --sample: and loads the sample organization (--sample=small: a small one)
        portal migrate               brings the database's schema up to date
        portal token create --name N [--org X] [--role R] [--days D]
                                     makes an API token and prints it once; without --org a service administrator's
        portal import-costs FILE --org X [--mode append|replace] [--on-error reject|skip]
                                     imports a bill in FOCUS format and waits for its end
        portal sample load [--size full|small]
                                     makes the sample organization and waits for its end
        portal backup FILE           writes the database to FILE (pg_dump custom format)
        portal restore FILE --yes    replaces the database by FILE
        portal verify-audit FILE|DIR [--key PEM] [--checkpoint FILE|DIR]
                                     verifies audit bundles without database or network; --key pins the portal's public keys, --checkpoint compares with
                                     what was published (both may be repeated). Exit codes: 0 valid, 1 not valid, 2 unusable input
        portal rotate-audit-key [--make FILE]
                                     wraps the keys of persons in the audit logs under the current master key and waits for the end; --make only makes the
                                     next key, from the current one

        --url and --token, or PORTAL_URL and PORTAL_TOKEN: token, import-costs, sample and rotate-audit-key work on a running portal; otherwise on the database itself, while no portal runs.
        --json   the result as one JSON object      --help   this text
        Exit codes: 0 done, 1 refused or failed, 2 wrong usage.
        """;

    /// <summary>Null when the arguments name no verb: the portal serves.</summary>
    public static async Task<int?> TryRunAsync(string[] args, CancellationToken cancellationToken)
    {
        if (args.Length == 0) return null;
        if (args[0] is "help" or "--help" or "-h")
        {
            await Console.Out.WriteLineAsync(Help);
            return 0;
        }

        if (args[0].StartsWith('-')) return null;
        var words = args is ["token" or "sample", _, ..] ? 2 : 1;
        if (!Verbs.TryGetValue(string.Join(' ', args.Take(words)), out var run)) return await UsageAsync($"'{args[0]}' is not a verb of the portal.");
        if (args.Contains("--help", StringComparer.Ordinal))
        {
            await Console.Out.WriteLineAsync(Help);
            return 0;
        }

        try
        {
            return await run(CliArguments.Parse(args.Skip(words)), cancellationToken);
        }
        catch (CliUsageException e)
        {
            return await UsageAsync(e.Message);
        }
        catch (Exception e) when (e is CliRefusedException or PortalStartException or EmbeddedPostgresException or HttpRequestException or IOException or Npgsql.NpgsqlException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
    }

    private static async Task<int> UsageAsync(string complaint)
    {
        await Console.Error.WriteLineAsync(complaint);
        await Console.Error.WriteLineAsync();
        await Console.Error.WriteLineAsync(Help);
        return 2;
    }
}

/// <summary>The words after a verb: values of options, flags, and the rest in order.</summary>
internal sealed class CliArguments
{
    private static readonly HashSet<string> Flags = new(StringComparer.Ordinal) { "json", "yes" };
    private static readonly HashSet<string> Options = new(StringComparer.Ordinal) { "org", "role", "name", "days", "url", "token", "mode", "on-error", "size", "key", "checkpoint", "make", "contentRoot" };
    private readonly Dictionary<string, List<string>> _options = new(StringComparer.Ordinal);
    private readonly HashSet<string> _flags = new(StringComparer.Ordinal);
    private readonly List<string> _words = [];

    public bool Json => _flags.Contains("json");

    public bool Yes => _flags.Contains("yes");

    /// <summary>The last value of an option.</summary>
    public string? this[string option] => _options.GetValueOrDefault(option)?[^1];

    /// <summary>All values of an option that may be repeated.</summary>
    public IReadOnlyList<string> All(string option) => _options.GetValueOrDefault(option) ?? [];

    public static CliArguments Parse(IEnumerable<string> args)
    {
        var result = new CliArguments();
        using var all = args.GetEnumerator();
        while (all.MoveNext())
        {
            var word = all.Current;
            if (!word.StartsWith("--", StringComparison.Ordinal))
            {
                result._words.Add(word);
                continue;
            }

            var (name, value) = word[2..].Split('=', 2) is [var n, var v] ? (n, v) : (word[2..], null);
            if (Flags.Contains(name) && value is null) result._flags.Add(name);
            else if (!Options.Contains(name)) throw new CliUsageException($"--{name} is not an option of the portal.");
            else if (value is not null) result.Add(name, value);
            else if (all.MoveNext()) result.Add(name, all.Current);
            else throw new CliUsageException($"--{name} needs a value.");
        }

        return result;
    }

    private void Add(string option, string value)
    {
        if (_options.TryGetValue(option, out var values)) values.Add(value);
        else _options[option] = [value];
    }

    public string File => _words is [var file] ? Path.GetFullPath(file) : throw new CliUsageException("Name one FILE.");

    /// <summary>What the host reads from the command line.</summary>
    public string[] HostArguments => this["contentRoot"] is { } root ? ["--contentRoot", root] : [];
}

/// <summary>The command was typed in a way that it cannot be understood.</summary>
internal sealed class CliUsageException(string message) : Exception(message);
