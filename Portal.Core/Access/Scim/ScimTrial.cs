using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;

#pragma warning disable RS0030 // Saved to meet the database's own checks, never committed.

namespace Hexabase.Portal.Access.Scim;

/// <summary>
/// Stands in for the gateway to try requests without effect: the same handlers in one transaction that is rolled back. Whoever uses it has decided access; nothing is
/// published, no audit entry remains.
/// </summary>
internal sealed class ScimTrial(PortalDbContext db, ReadScope asked) : IPortal
{
    /// <summary>What the commands would have changed, as their audit entries would tell it.</summary>
    public List<ScimTrialChange> Changes { get; } = [];

    public Task<Result<T>> AskAsync<T>(Actor actor, Query<T> query, CancellationToken cancellationToken = default) => query.HandleAsync(Scope(actor), cancellationToken);

    public async Task<Result<T>> SendAsync<T>(Actor actor, Command<T> command, CancellationToken cancellationToken = default)
    {
        var scope = Scope(actor);
        var result = await command.HandleAsync(scope, cancellationToken);
        if (result.Succeeded)
        {
            AuditWriter.RaiseVersions(db);
            var draft = AuditWriter.Success(scope, command.Action, null);
            Changes.Add(new ScimTrialChange(command.Action, draft.Subject?.OldValue ?? draft.Entry.OldValue, draft.Subject?.NewValue ?? draft.Entry.NewValue));
            await db.SaveChangesAsync(cancellationToken);
        }

        db.ChangeTracker.Clear();
        return result;
    }

    public IAsyncDisposable Watch(Actor actor, Guid organizationId, IReadOnlyCollection<string> topics, Func<IReadOnlyList<LiveChange>, Task> onChanged) =>
        throw new NotSupportedException("A trial has nothing to watch.");

    private WriteScope Scope(Actor actor) => new(db, actor, asked.Tenant, asked.Service<TimeProvider>(), asked.Service<IServiceProvider>());
}

/// <summary>What one command of a trial would have changed, as JSON.</summary>
public sealed record ScimTrialChange(string Action, string? OldValue, string? NewValue);
