namespace Hexabase.Portal.Controls;

/// <summary>A place to go (<paramref name="Href"/>) or a thing to do (<paramref name="Do"/>). <paramref name="Words"/>: more words that find it, in any language.</summary>
public sealed record PaletteItem(string Title, string Icon, string? Href = null, Func<Task>? Do = null, string? Hint = null, string? Words = null);

/// <summary>Gives the palette what it knows by heart and what it finds. Registered scoped, one or more a slice; both see only what the viewer may see.</summary>
public interface IPaletteSource
{
    /// <summary>Places and actions, filtered in the browser at once; at most a hundred.</summary>
    IReadOnlyList<PaletteItem> Items { get; }

    /// <summary>Things with this text (workspaces, people, ...), at most ten; empty for a source that only lists.</summary>
    Task<IReadOnlyList<PaletteItem>> SearchAsync(string text, CancellationToken cancellation);
}
