using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Hexabase.Portal.Audit.Log;
using Hexabase.Portal.Audit.Persons;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Audit.Ingest;

/// <summary>Entries as they are stored, and the same in clear.</summary>
internal sealed record SealedEvents(IReadOnlyList<AuditEntry> Entries, IReadOnlyList<FreshEntry> Fresh)
{
    /// <summary>Those whose source ids were taken, in clear.</summary>
    /// <param name="hashes">The source ids of all, in their order.</param>
    public IReadOnlyList<FreshEntry> Of(IReadOnlyList<Guid> hashes, IReadOnlyCollection<Guid> taken)
    {
        if (taken.Count == hashes.Count) return Fresh;
        var wanted = taken.ToHashSet();
        return [.. Fresh.Where((_, i) => wanted.Contains(hashes[i]))];
    }
}

/// <summary>
/// Makes entries of outside events. Who acted is sealed under the key of that name, so that erasing the person reaches what other systems say of them;
/// what only a part of the provider did is sealed under one key of the source. The original goes with the actor, since it repeats the name.
/// </summary>
public sealed class OutsideEventSealer(AuditPersons persons, AuditMasterKey master, AuditSealer sealer, PortalDatabase database, TimeProvider clock)
{
    private const int ShortestName = 4;

    /// <summary>Sealed entries, in the order of the events; their ids ascend in that order. The originals are not needed any more when this returns.</summary>
    internal async Task<SealedEvents> SealAsync(Guid organizationId, IReadOnlyList<OutsideEvent> events, CancellationToken cancellationToken)
    {
        var references = new Dictionary<(string Source, string? Name), string>();
        foreach (var e in events)
        {
            Refer(ActorOf(e));
            if (e.ResourceIsPerson && e.ResourceName is { } name) Refer((e.Source, name));
        }

        var keys = await persons.ForManyAsync(database, organizationId, references.Values, cancellationToken);
        var retentionDays = await sealer.RetentionAsync(organizationId, cancellationToken);
        var now = clock.GetUtcNow();
        var recorded = now.UtcDateTime.ToMicroseconds();
        var ids = new AscendingIds(now);
        using var tools = new SealingTools();
        var entries = new AuditEntry[events.Count];
        var fresh = new FreshEntry[events.Count];
        var rows = new Dictionary<(string, string?), PersonKey.Row>();
        try
        {
            for (var i = 0; i < entries.Length; i++)
                (entries[i], fresh[i]) = Seal(organizationId, ids.Next(tools), events[i], recorded, retentionDays, tools, RowOf);
            return new SealedEvents(entries, fresh);
        }
        finally
        {
            foreach (var row in rows.Values) row.Dispose();
        }

        void Refer((string, string?) name)
        {
            ref var reference = ref CollectionsMarshal.GetValueRefOrAddDefault(references, name, out var isKnown);
            if (!isKnown) reference = ReferenceOf(name);
        }

        PersonKey.Row RowOf((string, string?) name)
        {
            if (!rows.TryGetValue(name, out var row)) rows[name] = row = keys[references[name]].SealMany(tools);
            return row;
        }
    }

    private static (AuditEntry Entry, FreshEntry Fresh) Seal(Guid organizationId, Guid id, OutsideEvent e, DateTime recordedAtUtc, int retentionDays, SealingTools tools, Func<(string, string?), PersonKey.Row> keyOf)
    {
        var actor = ActorOf(e);
        var names = actor.Name is { Length: >= ShortestName } name && (Holds(e.ResourceName, name) || Holds(e.OldValue, name) || Holds(e.NewValue, name));
        var apart = e.ResourceIsPerson || names;
        var entry = new AuditEntry
        {
            Id = id,
            OrganizationId = organizationId,
            OccurredAtUtc = e.OccurredAtUtc,
            RecordedAtUtc = recordedAtUtc,
            ActorKind = e.ActorKind,
            UserId = Guid.Empty,
            Action = e.Action,
            ResourceKind = e.ResourceKind,
            ResourceId = e.ResourceIsPerson && e.ResourceId == e.ResourceName ? null : e.ResourceId,
            ResourceName = apart ? null : e.ResourceName,
            Status = e.Status,
            // A refusal often repeats who was refused.
            Reason = actor.Name is { Length: >= ShortestName } said ? e.Reason?.Replace(said, "(actor)", StringComparison.OrdinalIgnoreCase) : e.Reason,
            OldValue = apart ? null : e.OldValue,
            NewValue = apart ? null : e.NewValue,
            SessionId = e.SessionId,
            RequestId = e.RequestId,
            Source = e.Source,
            SourceId = e.SourceId,
            RetentionDays = retentionDays,
        };
        var key = keyOf(actor);
        var details = new ActorDetails(e.ActorName, e.IpAddress, e.UserAgent);
        entry.Set(AuditPart.Actor, key.Seal(id, AuditPart.Actor, tools.Content(details)));
        var subject = apart ? new SubjectDetails(e.ResourceName, e.OldValue, e.NewValue) : null;
        if (subject is not null)
        {
            var whose = e.ResourceIsPerson && e.ResourceName is { } person ? keyOf((e.Source, person)) : key;
            entry.Set(AuditPart.Subject, whose.Seal(id, AuditPart.Subject, tools.Content(subject)));
        }

        entry.Set(AuditPart.Original, key.Seal(id, AuditPart.Original, e.Original.Span));
        return (entry, new FreshEntry(LeafFacts.From(entry), retentionDays, entry.ActorKeyId, details, entry.SubjectKeyId, subject));
    }

    private static (string Source, string? Name) ActorOf(OutsideEvent e) => (e.Source, e.ActorKind == ActorKinds.System ? null : e.ActorName);

    private string ReferenceOf((string Source, string? Name) actor) => actor.Name is { } name ? master.ReferenceOf(name) : $"source:{actor.Source}";

    private static bool Holds(string? text, string name) => text?.Contains(name, StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>Version 7 ids with a counter in their first twelve random bits (RFC 9562 section 6.2, method 1), so that the order of ids is the order of events.</summary>
    internal struct AscendingIds(DateTimeOffset from)
    {
        private long _milliseconds = from.ToUnixTimeMilliseconds();
        private int _counter;

        public Guid Next(SealingTools tools)
        {
            Span<byte> bytes = stackalloc byte[16];
            tools.Draw(bytes[8..]);
            BinaryPrimitives.WriteInt64BigEndian(bytes, (_milliseconds << 16) | 0x7000L | (long)_counter);
            bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
            if (++_counter > 0xFFF) (_counter, _milliseconds) = (0, _milliseconds + 1);
            return new Guid(bytes, bigEndian: true);
        }
    }
}
