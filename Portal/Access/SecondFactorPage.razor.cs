using Hexabase.Portal.Access.Factors;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Access;

/// <summary>The second step of a sign-in: a code of the authenticator app, a recovery code, or a passkey.</summary>
public sealed partial class SecondFactorPage
{
    private PendingView? _pending;

    [Inject] private SecondFactorSignIn SignIn { get; set; } = default!;

    protected override async Task PrepareAsync(CancellationToken cancellationToken)
    {
        _pending = await SignIn.FindAsync(DoorCookie.SecondStep.Read(Http), cancellationToken);
        if (_pending is null) Http.Response.Redirect("/sign-in?problem=signIn.stepEnded");
        else if (_pending.Need == SignInNeed.Enrol) Http.Response.Redirect("/sign-in/enrol");
    }
}
