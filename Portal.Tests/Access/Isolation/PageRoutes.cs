using System.Reflection;
using Hexabase.Portal.Shell;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Access.Isolation;

/// <summary>All addresses of pages, from the components themselves.</summary>
internal static class PageRoutes
{
    public static IReadOnlyList<(Type Page, string Template)> All { get; } =
        [.. typeof(App).Assembly.GetTypes().SelectMany(t => t.GetCustomAttributes<RouteAttribute>().Select(r => (t, r.Template))).OrderBy(p => p.Template, StringComparer.Ordinal)];
}
