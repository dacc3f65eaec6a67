using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Access.Rules;

/// <summary>
/// Whoever asks for something does not approve it: the rule of every command that approves, in every organization. A token stands for its owner, so that nobody
/// approves with the one what they asked for with the other.
/// </summary>
internal static class FourEyes
{
    /// <param name="requestedBy">The person or token that asked.</param>
    public static async Task<bool> IsOwnRequestAsync(WriteScope scope, Guid requestedBy, CancellationToken cancellationToken)
    {
        if (requestedBy == scope.Actor.Id) return true;
        var tokens = scope.Service<TokenDirectory>();
        var asked = await tokens.OwnerAsync(requestedBy, cancellationToken) ?? requestedBy;
        var approves = scope.Actor.Kind == ActorKind.Token ? await tokens.OwnerAsync(scope.Actor.Id, cancellationToken) ?? scope.Actor.Id : scope.Actor.Id;
        return asked == approves;
    }
}
