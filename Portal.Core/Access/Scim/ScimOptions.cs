using System.ComponentModel.DataAnnotations;

namespace Hexabase.Portal.Access.Scim;

/// <summary>Section <c>Scim</c>.</summary>
public sealed record ScimOptions
{
    /// <summary>More people than this deactivated or deleted within an hour: the next ones wait for approval.</summary>
    [Range(1, 1_000_000)]
    public int HoldAfterPeople { get; init; } = 50;

    /// <summary>Per cent of the provisioned people, likewise.</summary>
    [Range(1, 100)]
    public int HoldAfterPercent { get; init; } = 20;

    /// <summary>So many people a hour are never held, so that the per cent of a small organization do not stop every leaver.</summary>
    [Range(0, 1_000_000)]
    public int HoldFloor { get; init; } = 10;

    /// <summary>Days that the request log is kept.</summary>
    [Range(1, 365)]
    public int LogDays { get; init; } = 30;
}
