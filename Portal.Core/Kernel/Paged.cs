namespace Hexabase.Portal.Kernel;

/// <summary>One page of a list and the opaque cursor of the next; null at the end.</summary>
public sealed record Paged<T>(IReadOnlyList<T> Items, string? NextCursor);

/// <summary>How much of a list, and from where.</summary>
/// <param name="Limit">1 to 1000.</param>
/// <param name="Cursor">As answered by the page before.</param>
public sealed record PageRequest(int Limit = PageRequest.DefaultLimit, string? Cursor = null, string? Sort = null, string? Filter = null)
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 1000;
}
