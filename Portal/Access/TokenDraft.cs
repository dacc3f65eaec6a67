using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Access;

/// <summary>What is typed into the form of a new token.</summary>
internal sealed class TokenDraft
{
    /// <summary>Every area that a command or query names; the platform's and provisioning's own are not for tokens of an organization's roles.</summary>
    private static readonly IReadOnlyList<string> AllAreas = [.. KnownPermissions.All.Select(p => p.Area).Where(a => a is not ("platform" or "scim")).Distinct(StringComparer.Ordinal)];

    /// <summary>The roles that can be picked, by the word that names them; built-in ones need not be among them.</summary>
    public IReadOnlyDictionary<string, Role> Known { get; set; } = new Dictionary<string, Role>();

    public string? Name { get; set; }

    public string Role { get; private set; } = "";

    public int Days { get; set; } = TokenInput.DefaultDays;

    /// <summary>Only <see cref="Scopes"/> of the role.</summary>
    public bool Narrow { get; set; }

    public SortedSet<string> Scopes { get; } = new(StringComparer.Ordinal);

    /// <summary>Single permissions that whoever led here asks for, beyond reading and everything: <c>audit:ingest</c>.</summary>
    public IReadOnlyList<string> Asked { get; private set; } = [];

    /// <summary>The areas that the role reaches, and whether it may change things there.</summary>
    public IReadOnlyList<(string Name, bool Writes)> Areas { get; private set; } = [];

    public void PickRole(string role)
    {
        Role = role;
        var held = Find(role);
        Areas = held is null ? [] : [.. AllAreas.Where(a => held.Allows(new Permission(a, "read"))).Select(a => (a, KnownPermissions.All.Any(p => p.Area == a && p.Verb != "read" && held.Allows(p))))];
        // What the new role does not have is not kept where nobody sees it.
        Scopes.RemoveWhere(s => !Areas.Any(a => s == $"{a.Name}:read" || (a.Writes && s == $"{a.Name}:*")) && !MayAsk(s));
    }

    /// <summary>Begins narrowed to the scopes, with the least of the roles that holds them; what is no permission, or none of the roles holds, is left out.</summary>
    /// <param name="scopes"><c>area:verb</c>, as in the page's address.</param>
    /// <param name="roles">From the widest to the least; empty where the role is given.</param>
    public void Ask(IEnumerable<string> scopes, IReadOnlyList<string> roles)
    {
        Asked = [.. KnownPermissions.All.Select(p => p.ToString()).Intersect(scopes, StringComparer.Ordinal)];
        if (roles.LastOrDefault(r => Find(r) is { } held && Asked.All(s => Allows(held, s))) is { } least) PickRole(least);
        Scopes.UnionWith(Asked.Where(MayAsk));
        Asked = [.. Asked.Where(s => !s.EndsWith(":read", StringComparison.Ordinal))];
        Narrow = Scopes.Count > 0;
    }

    /// <summary>Whether the role holds a permission that is asked for.</summary>
    public bool MayAsk(string scope) => Asked.Contains(scope, StringComparer.Ordinal) && Find(Role) is { } held && Allows(held, scope);

    private Role? Find(string role) => Known.GetValueOrDefault(role) ?? BuiltInRoles.Find(role);

    private static bool Allows(Role held, string scope) => scope.Split(':') is [var area, var verb] && held.Allows(new Permission(area, verb));

    public void Set(string scope, bool on)
    {
        if (on) Scopes.Add(scope);
        else Scopes.Remove(scope);
    }

    public bool Has(string area, string verb) => Scopes.Contains($"{area}:{verb}") || Scopes.Contains($"{area}:*");

    /// <summary>Ticks reading or everything; everything covers reading.</summary>
    public void Set(string area, bool reading, bool on)
    {
        var scope = reading ? $"{area}:read" : $"{area}:*";
        if (!on)
        {
            Scopes.Remove(scope);
            return;
        }

        Scopes.Add(scope);
        if (!reading) Scopes.Remove($"{area}:read");
    }
}
