using Hexabase.Portal.Controls;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Access;

/// <summary>Gives a token a new secret, shown this once, or hands it over to another member.</summary>
public sealed partial class TokenRotation
{
    private static readonly int[] Hours = [0, 1, 24, RotateToken.MaxOverlapHours];

    private int _overlap = 24;
    private string? _owner;
    private string? _text;
    private DateTime? _until;

    [Parameter, EditorRequired] public required Guid OrganizationId { get; set; }

    [Parameter, EditorRequired] public required TokenRow Row { get; set; }

    [Parameter, EditorRequired] public required string ListHref { get; set; }

    [Parameter] public EventCallback OnChanged { get; set; }

    private IReadOnlyList<(int, string)> Overlaps => [.. Hours.Select(h => (h, h == 0 ? T["tokens.overlapNone"] : T.Plural("tokens.overlapHours", h)))];

    private async Task RotateAsync()
    {
        var (done, made) = await SendAsync(new RotateToken(Org, Row.Id, _overlap, null, Row.Version));
        if (done && made is not null) (_text, _until) = (made.Token, made.Row.PreviousUntilUtc);
    }

    private async Task HandOverAsync()
    {
        var (done, _) = await SendAsync(new HandOverToken(Org, Row.Id, _owner, Row.Version));
        if (!done) return;
        Toasts.Show(T["tokens.handedOver", Row.Name], Tone.Good);
        Navigation.NavigateTo(ListHref);
    }
}
