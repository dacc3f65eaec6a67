namespace Hexabase.Portal.Data;

/// <summary>What a context may see: one organization, or (set by the gateway alone) the platform.</summary>
public readonly record struct DataScope
{
    private DataScope(Guid organizationId, bool isPlatform)
    {
        OrganizationId = organizationId;
        IsPlatform = isPlatform;
    }

    public Guid OrganizationId { get; }

    public bool IsPlatform { get; }

    public static DataScope Platform { get; } = new(Guid.Empty, true);

    /// <summary>Of rows whose owner is an organization or, with the empty id, the platform itself: logs, jobs.</summary>
    public static DataScope OfOwner(Guid ownerId) => ownerId == Guid.Empty ? Platform : Of(ownerId);

    public static DataScope Of(Guid organizationId) => new(organizationId, false);
}
