using Hexabase.Portal.Access.Factors;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Access;

/// <summary>Setting up an authenticator app on the way in, for people whose organization asks for a second factor and who have none: nothing else comes before it.</summary>
public sealed partial class EnrolPage
{
    private PendingView? _pending;

    [Inject] private SecondFactorSignIn SignIn { get; set; } = default!;

    protected override async Task PrepareAsync(CancellationToken cancellationToken)
    {
        _pending = await SignIn.FindAsync(DoorCookie.SecondStep.Read(Http), cancellationToken);
        if (_pending is null) Http.Response.Redirect("/sign-in?problem=signIn.stepEnded");
        else if (_pending.Need != SignInNeed.Enrol) Http.Response.Redirect("/sign-in/second-factor");
    }
}
