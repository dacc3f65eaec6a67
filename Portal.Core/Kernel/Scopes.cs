using System.Text.Json;
using Hexabase.Portal.Data;
using Microsoft.Extensions.DependencyInjection;

namespace Hexabase.Portal.Kernel;

/// <summary>What a query works with: a context that sees one organization (or the platform), who asks, and the time.</summary>
public class ReadScope(PortalDbContext db, Actor actor, Tenant? tenant, TimeProvider clock, IServiceProvider services)
{
    public PortalDbContext Db { get; } = db;

    public Actor Actor { get; } = actor;

    /// <summary>Null for messages that concern the platform.</summary>
    public Tenant? Tenant { get; } = tenant;

    /// <summary><see cref="Guid.Empty"/> for the platform.</summary>
    public Guid OrganizationId => Tenant?.Id ?? Guid.Empty;

    /// <summary>The place that the message named, for which access was decided; null where none was asked for.</summary>
    public AccessTarget? Place { get; internal set; }

    public DateTime NowUtc { get; } = clock.GetUtcNow().UtcDateTime;

    public DateOnly TodayUtc => DateOnly.FromDateTime(NowUtc);

    /// <summary>What the gateway does as soon as an answer is certain; null where it waits for the answer.</summary>
    internal Action? WhenCertain { private get; init; }

    public T Service<T>()
        where T : notnull => services.GetRequiredService<T>();

    /// <summary>
    /// Says, after the first statement, that this read of protected data will be answered: its own entry is written from here on, while the answer is still being read. A read that is refused
    /// after all leaves a second entry.
    /// </summary>
    public void AnswerIsCertain() => WhenCertain?.Invoke();
}

/// <summary>What a command works with: additionally the audit entry it is about to leave and the topics it touches.</summary>
public sealed class WriteScope(PortalDbContext db, Actor actor, Tenant? tenant, TimeProvider clock, IServiceProvider services)
    : ReadScope(db, actor, tenant, clock, services)
{
    private readonly List<Touch> _touches = [];

    internal AuditSubject? Subject { get; private set; }

    internal IReadOnlyList<Touch> Touches => _touches;

    internal string? Reason { get; private set; }

    internal object? OldValue { get; private set; }

    internal object? NewValue { get; private set; }

    internal Guid? AuditOrganizationId { get; private set; }

    internal Guid? ApproverId { get; private set; }

    /// <summary>
    /// Names the resource of the audit entry. Old and new values are taken from the tracked changes; give them here only for
    /// what the change tracker cannot see (bulk work, external effects).
    /// </summary>
    public void Audit(string resourceKind, Guid id, string name, Guid? workspaceId = null, object? oldValue = null, object? newValue = null, string? reason = null)
    {
        Subject = new AuditSubject(resourceKind, id.ToString(), name, workspaceId);
        OldValue = oldValue;
        NewValue = newValue;
        Reason = reason;
    }

    /// <summary>Queues a job in the command's transaction; pages that show jobs are told after the commit.</summary>
    /// <param name="title">What people see.</param>
    /// <param name="input">What the handler reads (<see cref="JobContext.ReadInput"/>).</param>
    /// <param name="node">The replica that must run it; null = any.</param>
    /// <param name="id">Where the command needed it before.</param>
    public Job Queue<TInput>(string kind, string title, TInput input, string? node = null, Guid? id = null)
    {
        var job = Job.Queue(OrganizationId, kind, title, JsonSerializer.Serialize(input, JobJson.Options), Actor, NowUtc, node, id);
        Db.Add(job);
        Touch(LiveTopic.Jobs, job.Id, 1);
        Service<JobRunner>().Wake();
        return job;
    }

    /// <summary>A command of the platform whose entry belongs to an organization it has just made or reached.</summary>
    public void AuditIn(Guid organizationId) => AuditOrganizationId = organizationId;

    public void ApprovedBy(Guid userId) => ApproverId = userId;

    /// <summary>Open pages that watch the topic are told after the commit.</summary>
    /// <param name="organizationId">Where it differs from the command's own organization.</param>
    public void Touch(string topic, string id, long version = 0, Guid? organizationId = null) =>
        _touches.Add(new Touch(organizationId ?? OrganizationId, topic, id, version));

    public void Touch(string topic, Guid id, long version = 0, Guid? organizationId = null) => Touch(topic, id.ToString(), version, organizationId);
}

internal sealed record AuditSubject(string Kind, string Id, string Name, Guid? WorkspaceId);

internal sealed record Touch(Guid OrganizationId, string Topic, string Id, long Version);
