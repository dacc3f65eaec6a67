using Hexabase.Portal.Access;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Sso;

/// <summary>How a sign-in through a provider ended where it did not end inside: the kind of trouble, the short code of its trace, whom to ask.</summary>
public sealed partial class NoticePage : DoorPage
{
    private static readonly string[] Kinds = ["retry", "account", "provider", "test", "tested"];

    [SupplyParameterFromQuery(Name = "kind")] private string? Kind { get; set; }

    [SupplyParameterFromQuery(Name = "ref")] private string? Reference { get; set; }

    // The address is anybody's: only words of ours and letters of a code are repeated.
    private string Known => Array.Find(Kinds, k => k == Kind) ?? "retry";

    private bool IsGood => Known == "tested";

    private string? ShownReference => Reference is { Length: 8 } code && code.All(char.IsAsciiLetterOrDigit) ? code : null;
}
