namespace Hexabase.Portal.Kernel;

/// <summary>The one way in, for pages, REST, SCIM, jobs and the command line.</summary>
public interface IPortal
{
    /// <summary>Runs a query: access, one snapshot, an audit entry where the data is protected.</summary>
    Task<Result<T>> AskAsync<T>(Actor actor, Query<T> query, CancellationToken cancellationToken = default);

    /// <summary>Runs a command: access (refusals audited), change and audit entry in one transaction, live updates after the commit.</summary>
    Task<Result<T>> SendAsync<T>(Actor actor, Command<T> command, CancellationToken cancellationToken = default);

    /// <summary>Calls back when something under the topics changes: the first change at once, then at most once per 100 ms. Dispose to stop.</summary>
    /// <exception cref="UnauthorizedAccessException">The actor does not reach the organization.</exception>
    IAsyncDisposable Watch(Actor actor, Guid organizationId, IReadOnlyCollection<string> topics, Func<IReadOnlyList<LiveChange>, Task> onChanged);
}
