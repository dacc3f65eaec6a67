using Microsoft.Extensions.DependencyInjection;

namespace Hexabase.Portal.Kernel;

/// <summary>The registered handlers by kind.</summary>
public sealed class JobCatalog
{
    private readonly Dictionary<string, Func<IServiceProvider, IJobHandler>> _handlers = new(StringComparer.Ordinal);

    internal void Add<T>(string kind)
        where T : class, IJobHandler => _handlers.Add(kind, provider => ActivatorUtilities.CreateInstance<T>(provider));

    internal IJobHandler? Create(string kind, IServiceProvider provider) => _handlers.TryGetValue(kind, out var make) ? make(provider) : null;
}
