using Hexabase.Portal.Access.Factors;
using Hexabase.Portal.Hosting;

namespace Hexabase.Portal.Access;

/// <summary>Proving again, in an open session, that it is the person: where a refusal with the code <c>access.mfa</c> leads. Goes back to where they came from.</summary>
public sealed partial class StepUpPage
{
    private SecondFactorsView? _factors;

    protected override async Task PrepareAsync(CancellationToken cancellationToken)
    {
        var answer = await Portal.AskAsync(Http.Actor(), new GetSecondFactors(), cancellationToken);
        _factors = answer.TryGet(out var factors, out _) ? factors : null;
    }
}
