using System.Runtime.CompilerServices;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Access;

/// <summary>Every permission that a command or query asks for, taken from the messages themselves: what a token's scopes can name.</summary>
public static class KnownPermissions
{
    private static readonly Lazy<IReadOnlyList<Permission>> Found = new(() =>
    [
        .. typeof(Message).Assembly.GetTypes().Where(t => !t.IsAbstract && !t.IsGenericTypeDefinition && typeof(Message).IsAssignableFrom(t))
            .Select(t => ((Message)RuntimeHelpers.GetUninitializedObject(t)).Permission).OfType<Permission>().Distinct().OrderBy(p => p.Area, StringComparer.Ordinal).ThenBy(p => p.Verb, StringComparer.Ordinal),
    ]);

    public static IReadOnlyList<Permission> All => Found.Value;

    public static bool IsArea(string area) => All.Any(p => p.Area == area);
}
