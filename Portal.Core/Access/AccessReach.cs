using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Access;

/// <summary>
/// The one rule of what a person finds out: a place that none of their grants reaches is to them like one that does not exist, whatever names it. What is reached and
/// may not be done is refused as such.
/// </summary>
public static class AccessReach
{
    /// <summary>True where a grant of whoever asks holds at the place. An answer that many share was decided for each of them at the organization as a whole.</summary>
    public static bool Includes(ReadScope scope, AccessTarget place) => scope.Actor.Kind == ActorKind.Anonymous || AccessPolicy.Reaches(scope.Actor, place);

    /// <summary>The place, or the problem of a missing one of that kind where it is out of reach.</summary>
    public static Result<AccessTarget> OrMissing(this Result<AccessTarget> found, ReadScope scope, string kind) =>
        found.TryGet(out var place, out _) && !Includes(scope, place) ? Problem.NotFound(kind) : found;
}
