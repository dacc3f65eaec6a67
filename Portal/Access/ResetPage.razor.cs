using Hexabase.Portal.Kernel;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Access;

/// <summary>Chooses a new password by a link that an administrator made; it works once.</summary>
public sealed partial class ResetPage
{
    private string? _userName;

    [Parameter] public string Token { get; set; } = "";

    protected override async Task PrepareAsync(CancellationToken cancellationToken)
    {
        var answer = await Portal.AskAsync(Actor.Anonymous, new FindPasswordReset(Token), cancellationToken);
        _userName = answer.TryGet(out var name, out _) ? name : null;
    }
}
