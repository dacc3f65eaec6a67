using System.Globalization;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Workspaces.Quotas;

/// <summary>The resources that a quota can name: the known ones with their largest sensible size, and any Kubernetes resource name.</summary>
public static class QuotaResources
{
    public const int MaxNameLength = 253;
    public const int MaxResources = 100;

    private const long Exbibyte = 1L << 60;

    /// <summary>Known name → the largest limit taken as meant: a million cores, an exbibyte, ...</summary>
    public static IReadOnlyDictionary<string, long> Known { get; } = new Dictionary<string, long>(StringComparer.Ordinal)
    {
        ["cpuMillicores"] = 1_000_000_000,
        ["memoryBytes"] = Exbibyte,
        ["storageBytes"] = Exbibyte,
        ["objectStorageBytes"] = Exbibyte,
        ["gpus"] = 1_000_000,
        ["pods"] = 10_000_000,
        ["loadBalancers"] = 100_000,
    };

    internal static FieldError? CheckName(string name, string? field = null)
    {
        if (Known.ContainsKey(name) || IsKubernetesName(name)) return null;
        var shown = name.Length > 60 ? name[..60] + "…" : name;
        return new FieldError(field ?? shown, "quota.resource", $"'{shown}' is neither a known resource ({string.Join(", ", Known.Keys)}) nor a Kubernetes resource name.", Args: [shown]);
    }

    internal static FieldError? CheckLimit(string name, long limit)
    {
        var largest = Known.GetValueOrDefault(name, Exbibyte);
        if (limit < 0) return new FieldError(name, "quota.negative", $"{name} is negative: a limit is 0 or more.", Args: [name]);
        return limit > largest
            ? new FieldError(name, "quota.absurd", string.Create(CultureInfo.InvariantCulture, $"{name} is larger than {largest:N0}, which cannot be meant."), Args: [name, largest])
            : null;
    }

    // A qualified name: optional DNS prefix and '/', then letters, digits, '-', '_', '.' that begin and end with a letter or digit.
    private static bool IsKubernetesName(string name)
    {
        if (name.Length is 0 or > MaxNameLength) return false;
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        var local = name.AsSpan(slash + 1);
        return (slash < 0 || IsPlain(name.AsSpan(0, slash))) && IsPlain(local) && local.Length <= 63;
    }

    private static bool IsPlain(ReadOnlySpan<char> part)
    {
        if (part.Length == 0 || !char.IsAsciiLetterOrDigit(part[0]) || !char.IsAsciiLetterOrDigit(part[^1])) return false;
        foreach (var c in part)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.')) return false;
        }

        return true;
    }
}
