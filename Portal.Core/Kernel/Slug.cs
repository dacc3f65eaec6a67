using System.Text;

namespace Hexabase.Portal.Kernel;

/// <summary>The readable key of a named thing: lower-case [a-z0-9], every other run becomes one '-', trimmed; at most 60 characters.</summary>
public static class Slug
{
    public const int MaxLength = 80;

    /// <param name="name">The name as typed.</param>
    /// <param name="kind">What an empty result becomes, with a short id: "workspace-1a2b3c4d".</param>
    /// <param name="taken">The slugs already in use in the same scope that begin with the same stem.</param>
    public static string From(string name, string kind, IReadOnlySet<string> taken)
    {
        var stem = Stem(name);
        if (stem.Length == 0) return $"{kind}-{Ids.Brief()}";
        if (!taken.Contains(stem)) return stem;
        for (var i = 2; ; i++)
        {
            var candidate = $"{stem}-{i}";
            if (!taken.Contains(candidate)) return candidate;
        }
    }

    public static string Stem(string name)
    {
        var result = new StringBuilder(name.Length);
        var gap = false;
        foreach (var c in name.ToLowerInvariant())
        {
            if (c is (>= 'a' and <= 'z') or (>= '0' and <= '9'))
            {
                if (gap && result.Length > 0) result.Append('-');
                gap = false;
                result.Append(c);
                if (result.Length >= 60) break;
            }
            else
            {
                gap = true;
            }
        }

        return result.ToString();
    }
}
