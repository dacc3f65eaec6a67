namespace Hexabase.Portal.Views;

/// <summary>The part of a page's address that a view keeps: filters, sort and choices, without what is open beside the list.</summary>
internal static class ViewAddress
{
    private static readonly HashSet<string> Passing = new(["id", "new", "edit", "invite", "help", "email", "role", "parent", "page", "cursor"], StringComparer.OrdinalIgnoreCase);

    /// <summary>The query of an address without passing parameters, in a fixed order, so that two addresses of one view are the same text.</summary>
    /// <param name="more">Passing parameters of the page beyond the usual.</param>
    public static string Of(string query, IReadOnlyCollection<string> more) => string.Join('&', query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Where(part => part.Split('=')[0] is var name && !Passing.Contains(name) && !more.Contains(name, StringComparer.OrdinalIgnoreCase))
        .Order(StringComparer.Ordinal));
}
