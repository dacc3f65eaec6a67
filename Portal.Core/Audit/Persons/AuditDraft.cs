namespace Hexabase.Portal.Audit.Persons;

/// <summary>An entry that is not sealed yet, beside what names persons in it.</summary>
/// <param name="ActorReference">Whose key seals the actor part; null where the actor is no person.</param>
/// <param name="SubjectUser">The user whose key seals the subject part …</param>
/// <param name="SubjectName">… or else the name whose key does.</param>
internal sealed record AuditDraft(AuditEntry Entry, string? ActorReference, ActorDetails Actor, SubjectDetails? Subject = null, Guid? SubjectUser = null, string? SubjectName = null);

/// <summary>The content of the actor part.</summary>
public sealed record ActorDetails(string? Name, string? IpAddress, string? UserAgent);

/// <summary>The content of the subject part.</summary>
/// <param name="OldValue">JSON object of the changed fields before, personal ones included.</param>
/// <param name="NewValue">JSON object of the changed fields after, personal ones included.</param>
public sealed record SubjectDetails(string? ResourceName, string? OldValue, string? NewValue);
