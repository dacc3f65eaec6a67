using Hexabase.Portal.Access.Roles;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Access;

/// <summary>Makes a token and shows its text, this once.</summary>
public sealed partial class TokenForm
{
    private static readonly int[] Days = [1, 7, 30, 90, 180, TokenInput.MaxDays];

    private readonly TokenDraft _form = new();
    private TokenRow? _made;
    private string? _text;
    private bool _none;

    /// <summary>Acts as this service account, with its role.</summary>
    [Parameter] public ServiceAccounts.ServiceAccountRow? Account { get; set; }

    /// <summary>What the token is for, as permissions that narrow it; none = the whole role at first.</summary>
    [Parameter] public IReadOnlyList<string> Scopes { get; set; } = [];

    [Parameter, EditorRequired] public required string ListHref { get; set; }

    [Inject] private TimeProvider Clock { get; set; } = default!;

    private IReadOnlyList<(int, string)> Expiries => [.. Days.Select(d => (d, T.Plural("tokens.days", d)))];

    private string Curl => $"curl -H \"Authorization: Bearer {_text}\" {Navigation.ToAbsoluteUri(Org.Length == 0 ? "/api/v1/organizations" : $"/api/v1/organizations/{Org}")}";

    protected override async Task OnInitializedAsync()
    {
        await base.OnInitializedAsync();
        _form.Known = Known.ToDictionary(r => r.Word, r => r.Role, StringComparer.Ordinal);
        // Built-in roles stand from the widest to the least.
        var roles = Offered.Select(r => r.Word).Where(w => BuiltInRoles.Find(w) is not null).ToList();
        _form.PickRole(Account is { Role.Length: > 0 } account ? account.Role : roles is [.., var least] ? least : "");
        if (Scopes.Count > 0) _form.Ask(Scopes, Account is null ? roles : []);
    }

    private async Task SaveAsync()
    {
        _none = _form is { Narrow: true, Scopes.Count: 0 };
        // Nothing ticked would mean the whole role to the portal, which is the opposite of what stands on the screen.
        if (_none) return;
        var input = new TokenInput(_form.Name, Account is null ? _form.Role : null, _form.Narrow ? [.. _form.Scopes] : [], _form.Days, Account?.Id);
        var (done, answer) = OrganizationId == Guid.Empty ? await SendAsync(new CreatePlatformToken(input)) : await SendAsync(new CreateToken(Org, input));
        if (done && answer is not null) (_made, _text) = (answer.Row, answer.Token);
    }
}
