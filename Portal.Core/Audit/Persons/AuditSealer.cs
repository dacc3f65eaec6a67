using System.Buffers;
using System.Text.Json;
using Hexabase.Portal.Audit.Retention;
using Hexabase.Portal.Audit.Tree;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Audit.Persons;

/// <summary>Finishes an entry before it is saved: seals what names persons, sets its retention class.</summary>
public sealed class AuditSealer(AuditPersons persons, AuditMasterKey master, AuditRetention retention, PortalDatabase database)
{
    /// <summary>
    /// Looks up what an entry needs before its transaction begins, so that none waits for a second connection. The actor's key is made here: made inside of the transaction, the key of a person's first command would hold up every other command
    /// of that person until the first commits.
    /// </summary>
    internal async ValueTask PrepareAsync(Actor actor, Guid organizationId, CancellationToken cancellationToken)
    {
        await retention.OfAsync(organizationId, cancellationToken);
        var reference = AuditMasterKey.ReferenceOf(actor.Id);
        if (actor.Kind != ActorKind.System && !persons.Knows(organizationId, reference)) await persons.ForManyAsync(database, organizationId, [reference], cancellationToken);
    }

    internal async ValueTask<AuditEntry> SealAsync(PortalDbContext db, AuditDraft draft, CancellationToken cancellationToken)
    {
        var entry = draft.Entry;
        if (draft.ActorReference is { } actor)
        {
            var key = await persons.ForAsync(db, entry.OrganizationId, actor, cancellationToken);
            entry.Set(AuditPart.Actor, key.Seal(entry.Id, AuditPart.Actor, Content(draft.Actor)));
        }

        if (draft.Subject is { } subject)
        {
            // By name, so that erasing a person finds what other resources say of them: an invitation's address, a budget's recipient.
            var reference = draft.SubjectUser is { } user ? AuditMasterKey.ReferenceOf(user) : draft.SubjectName is { Length: > 0 } name ? master.ReferenceOf(name) : AuditMasterKey.ReferenceOf(entry.UserId);
            var key = await persons.ForAsync(db, entry.OrganizationId, reference, cancellationToken);
            entry.Set(AuditPart.Subject, key.Seal(entry.Id, AuditPart.Subject, Content(subject)));
        }

        entry.RetentionDays = retention.Known(entry.OrganizationId);
        return entry;
    }

    /// <summary>The class of new entries of the log, in days.</summary>
    public ValueTask<int> RetentionAsync(Guid organizationId, CancellationToken cancellationToken) => retention.OfAsync(organizationId, cancellationToken);

    /// <summary>The actor part as canonical JSON.</summary>
    public static byte[] Content(ActorDetails actor)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        Write(buffer, actor);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The subject part as canonical JSON.</summary>
    public static byte[] Content(SubjectDetails subject)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        Write(buffer, subject);
        return buffer.WrittenSpan.ToArray();
    }

    internal static void Write(IBufferWriter<byte> into, ActorDetails actor) => Canonical(into, "actor_name"u8, actor.Name, "ip_address"u8, actor.IpAddress, "user_agent"u8, actor.UserAgent);

    internal static void Write(IBufferWriter<byte> into, SubjectDetails subject) => Canonical(into, "new_value"u8, subject.NewValue, "old_value"u8, subject.OldValue, "resource_name"u8, subject.ResourceName);

    internal static ActorDetails ReadActor(ReadOnlySpan<byte> content)
    {
        var text = Read(content);
        return new ActorDetails(text.GetValueOrDefault("actor_name"), text.GetValueOrDefault("ip_address"), text.GetValueOrDefault("user_agent"));
    }

    internal static SubjectDetails ReadSubject(ReadOnlySpan<byte> content)
    {
        var text = Read(content);
        return new SubjectDetails(text.GetValueOrDefault("resource_name"), text.GetValueOrDefault("old_value"), text.GetValueOrDefault("new_value"));
    }

    private static void Canonical(IBufferWriter<byte> into, ReadOnlySpan<byte> name1, string? value1, ReadOnlySpan<byte> name2, string? value2, ReadOnlySpan<byte> name3, string? value3)
    {
        var json = new JcsWriter(into);
        json.StartObject();
        json.String(name1, value1);
        json.String(name2, value2);
        json.String(name3, value3);
        json.EndObject();
    }

    private static Dictionary<string, string?> Read(ReadOnlySpan<byte> content)
    {
        var members = new Dictionary<string, string?>(3, StringComparer.Ordinal);
        var reader = new Utf8JsonReader(content);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString() ?? "";
            reader.Read();
            members[name] = reader.GetString();
        }

        return members;
    }
}
