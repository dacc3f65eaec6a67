using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Integrations.Siem;

/// <summary>The worker's own entry: a sink counts as failing, or delivers again.</summary>
/// <param name="Failure">Why; null = it delivers again.</param>
internal sealed record NoteSinkHealth(string Org, Guid Sink, string? Failure) : Command<Done>
{
    public override string Action => Failure is null ? "auditSink.recover" : "auditSink.fail";

    public override string OrganizationKey => Org;

    public override Permission? Permission => SiemPermissions.Write;

    public override async Task<Result<Done>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var name = await scope.Db.Set<AuditSink>().Where(s => s.Id == Sink).Select(s => s.Name).SingleOrDefaultAsync(cancellationToken);
        if (name is null) return Problem.NotFound("auditSink");
        scope.Audit("auditSink", Sink, name, newValue: new { state = Failure is null ? "active" : "failing" }, reason: Failure);
        scope.Touch(LiveTopic.AuditSinks, Sink);
        return default(Done);
    }
}
