using Hexabase.Portal.Hosting;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Access;

/// <summary>Makes the first administrator by the one-time link that the first start prints.</summary>
public sealed partial class SetupPage
{
    private bool _isDone;

    [Parameter] public string Token { get; set; } = "";

    protected override async Task PrepareAsync(CancellationToken cancellationToken)
    {
        var answer = await Portal.AskAsync(Http.Actor(), new HasAdministrator(), cancellationToken);
        _isDone = answer.TryGet(out var has, out _) && has;
    }
}
