namespace Hexabase.Portal.Shell;

/// <summary>One place to go. <paramref name="Title"/> is the word as shown; <paramref name="Badge"/> counts what waits there (hidden at 0), with a tone of StatusTone.</summary>
public sealed record NavItem(string Href, string Title, string Icon, int Badge = 0, string BadgeTone = "bad", bool Exact = false);

/// <summary>A group of places; the first one usually has no title.</summary>
public sealed record NavGroup(string? Title, IReadOnlyList<NavItem> Items);

/// <summary>What the shell shows around a page, of one circuit. Whoever knows (sign-in, permissions, live counts) supplies it already filtered; the shell only draws.</summary>
public sealed class NavModel
{
    public IReadOnlyList<NavGroup> Groups { get; private set; } = [];

    public event Action? Changed;

    public void Show(IReadOnlyList<NavGroup> groups)
    {
        Groups = groups;
        Changed?.Invoke();
    }
}
