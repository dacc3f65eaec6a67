using Hexabase.Portal.Hosting;
using Hexabase.Portal.Kernel;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Access;

/// <summary>Signing in with a password. Someone who is signed in goes on to where they wanted.</summary>
public sealed partial class SignInPage
{
    private bool _hasAdministrator = true;

    /// <summary>"reset": a new password was just chosen.</summary>
    [SupplyParameterFromQuery(Name = "done")] private string? Done { get; set; }

    protected override async Task PrepareAsync(CancellationToken cancellationToken)
    {
        if (Http.Actor().Kind == ActorKind.Person)
        {
            Http.Response.Redirect(AccountForms.Local(ReturnUrl));
            return;
        }

        var answer = await Portal.AskAsync(Http.Actor(), new HasAdministrator(), cancellationToken);
        // An outage is no reason to speak of a missing administrator.
        _hasAdministrator = !answer.TryGet(out var has, out _) || has;
    }
}
