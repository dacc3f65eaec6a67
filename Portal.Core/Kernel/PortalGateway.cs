using System.Diagnostics;
using System.Diagnostics.Metrics;
using Hexabase.Portal.Access;
using Hexabase.Portal.Access.Explain;
using Hexabase.Portal.Access.Rules;
using Hexabase.Portal.Audit;
using Hexabase.Portal.Audit.Log;
using Hexabase.Portal.Audit.Persons;
using Hexabase.Portal.Audit.Reads;
using Hexabase.Portal.Data;
using Hexabase.Portal.Organizations;
using Hexabase.Portal.Workspaces;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Hexabase.Portal.Kernel;

/// <summary>The one way in: finds the organization, decides access, opens the confined context, runs the message, writes the audit entry, commits, publishes.</summary>
public sealed class PortalGateway(
    PortalDatabase database, OrganizationDirectory organizations, LiveUpdates live, AuditSealer sealer, RecentEntries recent, SharedAnswers answers, ReadCounter reads, AccessRuleDirectory rules, TimeProvider clock, IServiceScopeFactory services, ILogger<PortalGateway> log) : IPortal
{
    private const int MaxAttempts = 4;
    private const string Unreachable = "reached for what does not exist or is not theirs to see";
    private static readonly ActivitySource Activities = new("Hexabase.Portal");
    private static readonly Meter Meter = new("Hexabase.Portal");
    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>("portal.message.duration", "s", "Time of a command or query through the gateway");

    public Task<Result<T>> AskAsync<T>(Actor actor, Query<T> query, CancellationToken cancellationToken = default) =>
        GuardAsync(query, actor, async () =>
        {
            var (tenant, refusal) = await EnterAsync(actor, query, cancellationToken);
            if (refusal is not null) return refusal;
            var standing = await StandAsync(actor, tenant, cancellationToken);
            if (query is SharedQuery<T> shared && tenant is not null && MaySee(standing, shared, tenant))
            {
                if (query.Permission is { } shownBy) reads.Count(standing, shownBy, tenant.Id, null);
                return await answers.GetAsync(shared, tenant, () => ReadAsync(Actor.Anonymous, shared, tenant, CancellationToken.None), cancellationToken);
            }

            await using var provider = services.CreateAsyncScope();
            AccessDecision? decision = null;
            Task? written = null;
            Result<T> result;
            AccessTarget? place;
            try
            {
                (result, refusal, place) = await database.ReadAsync(
                    query.NeedsPlatform ? DataScope.Platform : ScopeOf(tenant),
                    async db =>
                    {
                        // Where a read keeps its snapshot it cannot meet the entry that is written beside it.
                        var scope = new ReadScope(db, standing, tenant, clock, provider.ServiceProvider) { WhenCertain = query.IsProtected && database.Engine.IsPostgreSql ? Write : null };
                        (decision, var denied, var where) = await DecideAsync(query, scope, cancellationToken);
                        return (denied is not null ? denied : await query.HandleAsync(scope, cancellationToken), denied, where);
                    },
                    cancellationToken);
            }
            finally
            {
                // No answer leaves before its entry is durable.
                if (written is not null) await written;
            }

            if (refusal is { Kind: ProblemKind.Forbidden }) await RecordAsync(standing, tenant, ActionOf(query), AuditStatus.Failure, refusal.Message, decision, cancellationToken);
            else if (refusal is not null && HomeOf(standing, tenant, refusal) is { } home) await RecordAsync(standing, null, ActionOf(query), AuditStatus.Failure, Unreachable, decision, cancellationToken, organizationId: home);
            else if (!query.IsProtected && decision is { Allowed: true }) reads.Count(standing, decision.Permission, tenant?.Id ?? Guid.Empty, place);
            else if (query.IsProtected && (written is null || !result.Succeeded)) await RecordAsync(standing, tenant, ActionOf(query), result.Succeeded ? AuditStatus.Success : AuditStatus.Failure, result.Problem?.Message, decision, cancellationToken);
            return result;

            void Write() => written ??= RecordAsync(standing, tenant, ActionOf(query), AuditStatus.Success, null, decision, cancellationToken);
        });

    public Task<Result<T>> SendAsync<T>(Actor actor, Command<T> command, CancellationToken cancellationToken = default) =>
        GuardAsync(command, actor, async () =>
        {
            var (tenant, refusal) = await EnterAsync(actor, command, cancellationToken);
            if (refusal is not null) return refusal;
            var standing = await StandAsync(actor, tenant, cancellationToken);
            await sealer.PrepareAsync(standing, tenant?.Id ?? Guid.Empty, cancellationToken);
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    return await RunAsync(standing, tenant, command, cancellationToken);
                }
                catch (Exception e) when (attempt >= MaxAttempts && (e is DbUpdateConcurrencyException || database.Engine.IsRetryable(e) || database.Engine.IsOvertaken(e)))
                {
                    log.LogWarning(e, "{Command} gave way to others {Attempts} times", command.Action, attempt);
                    return Problem.Conflict("version.stale", "The row was changed at the same moment. Load it again, then repeat the change.");
                }
                catch (Exception e) when (attempt < MaxAttempts && (e is DbUpdateConcurrencyException || database.Engine.IsRetryable(e) || database.Engine.IsUniqueViolation(e) || database.Engine.IsOvertaken(e)))
                {
                    // Two commands met; a fresh read decides again. Slugs and sequence numbers find their next free value this way.
                    log.LogDebug(e, "{Command} is tried again", command.Action);
                }
            }
        });

    public IAsyncDisposable Watch(Actor actor, Guid organizationId, IReadOnlyCollection<string> topics, Func<IReadOnlyList<LiveChange>, Task> onChanged)
    {
        if (organizationId != Guid.Empty && !actor.Reaches(organizationId)) throw new UnauthorizedAccessException("The actor does not reach the organization.");
        return live.Subscribe(organizationId, topics, onChanged);
    }

    private async Task<Result<T>> RunAsync<T>(Actor actor, Tenant? tenant, Command<T> command, CancellationToken cancellationToken)
    {
        await using var provider = services.CreateAsyncScope();
        Result<T> result;
        AccessDecision? decision;
        Guid? home = null;
        WriteScope scope;
        AuditEntry? entry = null;
        await using (var open = await database.OpenCommandAsync(command.NeedsPlatform ? DataScope.Platform : ScopeOf(tenant), cancellationToken))
        {
            scope = new WriteScope(open.Db, actor, tenant, clock, provider.ServiceProvider);
            (decision, var refusal, _) = await DecideAsync(command, scope, cancellationToken);
            if (refusal is not null) home = HomeOf(actor, tenant, refusal);
            result = refusal is not null ? refusal : await command.HandleAsync(scope, cancellationToken);
            if (result.Succeeded)
            {
                // Looked for once: otherwise each of the versions, the audit entry and the save would look again.
                open.Db.ChangeTracker.DetectChanges();
                open.Db.ChangeTracker.AutoDetectChangesEnabled = false;
                AccessMemory.Keep(scope);
                AuditWriter.RaiseVersions(open.Db);
                entry = await sealer.SealAsync(open.Db, AuditWriter.Success(scope, command.Action, decision), cancellationToken);
                await database.Engine.EndAsync(open.Db, entry, cancellationToken);
                recent.Add(entry);
            }
        }

        if (!result.Succeeded)
        {
            await RecordAsync(actor, tenant, command.Action, AuditStatus.Failure, home is null ? result.Problem.Message : Unreachable, decision, cancellationToken, scope.Subject, home);
            return result;
        }

        if (entry is not null) Publish(scope, entry);
        return result;
    }

    /// <summary>Whether the answer may come from those of the last moment. Refusals go the long way, which audits them; programs always read the database.</summary>
    private static bool MaySee<T>(Actor actor, SharedQuery<T> query, Tenant tenant) =>
        actor.Kind == ActorKind.Person && query.Permission is { } permission && WorkspaceReach.SeesAll(actor, permission, tenant.Id);

    /// <summary>Runs a query in an organization that does not exist, so that what it needs is compiled and prepared: the database shows it no row of anybody's, and nothing is written down.</summary>
    public async Task<Result<T>> RehearseAsync<T>(Query<T> query, CancellationToken cancellationToken)
    {
        var nowhere = new Tenant(Ids.New(), "nowhere", "Nowhere", "enterprise", "USD", "UTC", 1, false, 1);
        await organizations.FindAsync(nowhere.Id.ToString(), cancellationToken);
        await rules.FindAsync(nowhere.Id, cancellationToken);
        return await ReadAsync(Actor.System("rehearsal"), query, nowhere, cancellationToken);
    }

    private async Task<Result<T>> ReadAsync<T>(Actor actor, Query<T> query, Tenant tenant, CancellationToken cancellationToken)
    {
        await using var provider = services.CreateAsyncScope();
        return await database.ReadAsync(
            ScopeOf(tenant), db => query.HandleAsync(new ReadScope(db, actor, tenant, clock, provider.ServiceProvider), cancellationToken), cancellationToken);
    }

    private void Publish(WriteScope scope, AuditEntry entry)
    {
        var changes = scope.Touches.Select(t => new LiveChange(t.OrganizationId, t.Topic, t.Id, t.Version, scope.NowUtc)).ToList();
        foreach (var change in changes.Where(c => c.Topic == LiveTopic.Organizations)) organizations.Forget(change.OrganizationId);
        changes.Add(new LiveChange(entry.OrganizationId, LiveTopic.Audit, entry.Id.ToString(), entry.Position, scope.NowUtc));
        live.Publish(changes);
    }

    private async Task<(Tenant? Tenant, Problem? Refusal)> EnterAsync(Actor actor, Message message, CancellationToken cancellationToken)
    {
        if (actor.Kind == ActorKind.Anonymous && !message.AllowsAnonymous)
            return (null, new Problem(ProblemKind.Unauthenticated, "access.signIn", "Sign in first."));
        if (message.OrganizationKey is not { } key) return (null, null);
        var tenant = await organizations.FindAsync(key, id => message.AllowsAnonymous || actor.Reaches(id), cancellationToken);
        if (tenant is not null) return (tenant, null);
        // The own organization keeps the attempt. What another tenant owns looks exactly like what does not exist, in the answer, in the time it takes and in that log.
        if (actor.Kind != ActorKind.Anonymous && !actor.Reaches(Guid.Empty))
            await RecordAsync(actor, null, ActionOf(message), AuditStatus.Failure, Unreachable, null, cancellationToken, organizationId: actor.HomeOrganizationId ?? Guid.Empty);
        return (null, Problem.NotFound("organization"));
    }

    private static async Task<(AccessDecision? Decision, Problem? Refusal, AccessTarget? Place)> DecideAsync(Message message, ReadScope scope, CancellationToken cancellationToken)
    {
        if (message.AllowsAnonymous) return (null, null, null);
        if (message.AllowsAnySignedIn && scope.Actor.Kind != ActorKind.Anonymous)
            // What is open to everybody is not open to a token that was narrowed to something else.
            return message.Permission is not { } open || AccessPolicy.IsWithinLimit(scope.Actor, open) ? (null, null, null)
                : (null, new Problem(ProblemKind.Forbidden, "access.denied", $"This token is narrowed by scopes, and {open} is not among them. Use a token with that scope.", Args: [open.ToString()]), null);
        if (message.Permission is not { } permission) return (null, new Problem(ProblemKind.Forbidden, "access.denied", "Nobody may do this."), null);
        var target = await message.TargetAsync(scope, cancellationToken);
        if (!target.TryGet(out var place, out var problem)) return (null, problem, null);
        scope.Place = place;
        var decision = AccessPolicy.Decide(scope.Actor, permission, place);
        return (decision, decision.Refusal, place);
    }

    /// <summary>The caller with what their access is decided by: the organization's rules and this moment.</summary>
    private async ValueTask<Actor> StandAsync(Actor caller, Tenant? tenant, CancellationToken cancellationToken) => caller with
    {
        DecidedAtUtc = clock.GetUtcNow().UtcDateTime,
        Rules = tenant is null || caller.Kind is ActorKind.System or ActorKind.Anonymous ? null : await rules.FindAsync(tenant.Id, cancellationToken),
    };

    /// <summary>An entry of its own for what left no change behind: refusals and reads of protected data.</summary>
    private async Task RecordAsync(
        Actor actor, Tenant? tenant, string action, AuditStatus status, string? reason, AccessDecision? decision, CancellationToken cancellationToken,
        AuditSubject? subject = null, Guid? organizationId = null)
    {
        var organization = organizationId ?? tenant?.Id ?? Guid.Empty;
        var scope = DataScope.OfOwner(organization);
        await sealer.PrepareAsync(actor, organization, cancellationToken);
        await using var open = await database.OpenCommandAsync(scope, cancellationToken);
        var draft = AuditWriter.Entry(actor, organization, action, status, reason, decision, clock.GetUtcNow().UtcDateTime, subject);
        var entry = await sealer.SealAsync(open.Db, draft, cancellationToken);
        await database.Engine.EndAsync(open.Db, entry, cancellationToken);
        recent.Add(entry);
        live.Publish([new LiveChange(organization, LiveTopic.Audit, entry.Id.ToString(), entry.Position, entry.OccurredAtUtc)]);
    }

    private async Task<Result<T>> GuardAsync<T>(Message message, Actor actor, Func<Task<Result<T>>> run)
    {
        var name = message.GetType().Name;
        using var activity = Activities.StartActivity(name);
        var started = clock.GetTimestamp();
        var outcome = "failed";
        try
        {
            var result = await run();
            outcome = result.Problem?.Code ?? "ok";
            return result;
        }
        catch (Exception e) when (database.Engine.AsOutage(e) is { } outage)
        {
            log.LogWarning(e, "{Message} met an outage ({Code})", name, outage.Code);
            outcome = outage.Code;
            return outage;
        }
        catch (Exception e) when (database.Engine.IsUniqueViolation(e))
        {
            outcome = "conflict.duplicate";
            return Problem.Conflict("conflict.duplicate", "The same thing exists already or was made at the same moment. Load the list again.");
        }
        catch (Exception e) when (database.Engine.IsBadValue(e))
        {
            log.LogWarning(e, "{Message} carried a value that the database cannot hold", name);
            outcome = "value.unstorable";
            return Problem.Refused("value.unstorable", "A value in the request cannot be stored. Check for characters that cannot be shown and for numbers out of range.");
        }
        finally
        {
            activity?.SetTag("portal.outcome", outcome);
            activity?.SetTag("portal.actor", actor.Id);
            Duration.Record(clock.GetElapsedTime(started).TotalSeconds, new("message", name), new("outcome", outcome));
        }
    }

    /// <summary>
    /// The log that keeps a reach for what is missing or not the actor's to see: by an id alone the actor's own; of who holds something at single places only, the organization's, whether the place exists or not.
    /// </summary>
    private static Guid? HomeOf(Actor actor, Tenant? tenant, Problem refusal) =>
        refusal.Kind != ProblemKind.NotFound ? null : tenant is null ? actor.HomeOrganizationId : actor.Kind == ActorKind.Anonymous || AccessPolicy.Reaches(actor, new AccessTarget(tenant.Id)) ? null : tenant.Id;

    private static DataScope ScopeOf(Tenant? tenant) => tenant is null ? DataScope.Platform : DataScope.Of(tenant.Id);

    /// <summary>What the audit log calls it: the command's own action, or area and name of a query.</summary>
    internal static string ActionOf(Message message) => message switch
    {
        _ when message.GetType().GetProperty("Action")?.GetValue(message) is string action => action,
        _ => $"{message.Permission?.Area ?? "portal"}.{char.ToLowerInvariant(message.GetType().Name[0])}{message.GetType().Name[1..]}",
    };
}
