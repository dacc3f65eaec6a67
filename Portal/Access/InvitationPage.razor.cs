using Hexabase.Portal.Hosting;
using Hexabase.Portal.Kernel;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Access;

/// <summary>Accepts an invitation: a new person names themselves and chooses a password, someone with an account signs in and joins.</summary>
public sealed partial class InvitationPage
{
    private OpenInvitation? _open;
    private string? _signedInAs;
    private bool _outage;

    [Parameter] public string Token { get; set; } = "";

    private bool IsInvited => _open is { } open && _signedInAs is { } name && UserNames.Normalize(name) == UserNames.Normalize(open.Email);

    protected override async Task PrepareAsync(CancellationToken cancellationToken)
    {
        var actor = Http.Actor();
        if (actor.Kind == ActorKind.Person) _signedInAs = actor.Name;
        var answer = await Portal.AskAsync(actor, new FindInvitation(Token), cancellationToken);
        if (answer.TryGet(out var open, out var problem)) _open = open;
        else _outage = problem.Kind == ProblemKind.Unavailable;
    }
}
