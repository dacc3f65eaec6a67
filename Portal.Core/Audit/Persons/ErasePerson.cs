using Hexabase.Portal.Access;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Audit.Persons;

/// <summary>What an erasure did.</summary>
/// <param name="KeysErased">Keys that are gone; what they sealed can never be read again.</param>
public sealed record ErasureResult(int KeysErased);

/// <summary>
/// Erases a person from an audit log (GDPR article 17): destroys the keys under which the log sealed what names them. Every entry, leaf and proof stays as it is.
/// Entries that are written about the person later get a new key.
/// </summary>
/// <param name="Org">Null = the platform's own log.</param>
/// <param name="UserId">A user of the portal: also erases what other resources say of the user's names.</param>
/// <param name="Name">A name or address as it stands in entries, for people who are no users here.</param>
/// <param name="Reason">The request it answers to; kept in the log, so it must not name the person.</param>
public sealed record ErasePerson(string? Org, Guid? UserId, string? Name, string Reason) : Command<ErasureResult>
{
    public override string? OrganizationKey => Org;

    public override string Action => "audit.erasePerson";

    public override Permission? Permission => AuditPermissions.Administer;

    public override async Task<Result<ErasureResult>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (UserId is null == string.IsNullOrWhiteSpace(Name))
            return Problem.Invalid("userId", "audit.erase.whom", "Give either the user's id or a name as it stands in entries.");
        if (TextRule.Check("reason", Reason, 500, out var reason) is { } error) return Problem.Invalid([error]);
        var master = scope.Service<AuditMasterKey>();
        var references = new List<string>();
        if (UserId is { } userId)
        {
            references.Add(AuditMasterKey.ReferenceOf(userId));
            var names = await scope.Db.Set<Member>().AsNoTracking().Where(m => m.OrganizationId == scope.OrganizationId && m.UserId == userId).Select(m => new { m.UserName, m.DisplayName }).ToListAsync(cancellationToken);
            references.AddRange(names.SelectMany(n => new[] { n.UserName, n.DisplayName }).Where(n => n.Length > 0).Select(master.ReferenceOf));
        }
        else if (Name is { } name)
        {
            references.Add(master.ReferenceOf(name));
        }

        var found = await scope.Db.Set<AuditPerson>().Where(p => p.OrganizationId == scope.OrganizationId && p.ErasedAtUtc == null && references.Contains(p.Reference)).ToListAsync(cancellationToken);
        if (found.Count == 0) return Problem.NotFound("auditPerson");
        var persons = scope.Service<AuditPersons>();
        foreach (var person in found)
        {
            person.Erase(scope.NowUtc);
            persons.Forget(person.OrganizationId, person.Reference, person.Id);
        }

        // The index still knows the person's words; it is made anew where the person's entries are.
        scope.Queue(AuditErasureJob.Kind, "Audit erasure", new AuditErasureInput(found.ConvertAll(p => p.Id)));
        scope.Audit("person", UserId ?? found[0].Id, "", reason: reason, newValue: new { keysErased = found.Count });
        scope.Touch(LiveTopic.Audit, "");
        return new ErasureResult(found.Count);
    }
}
