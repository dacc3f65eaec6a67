using Hexabase.Portal.Controls;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Shell;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Access;

/// <summary>Tokens for programs: of an organization, or (without one in the address) of service administrators.</summary>
public sealed partial class TokensPage
{
    private DataTable<TokenRow>? _table;
    private ConfirmDialog? _confirm;
    private Dictionary<Guid, string> _owners = [];
    private Dictionary<Guid, string> _accounts = [];
    private ServiceAccounts.ServiceAccountRow? _account;
    private TokenRow? _token;
    private bool _ready;

    /// <summary>The token that is rotated or handed over.</summary>
    [SupplyParameterFromQuery] public Guid? Id { get; set; }

    /// <summary>The service account for which a token is made.</summary>
    [SupplyParameterFromQuery] public Guid? Account { get; set; }

    /// <summary>What the new token is for: <c>?new=true&amp;scope=audit:ingest</c>.</summary>
    [SupplyParameterFromQuery] public string[]? Scope { get; set; }

    [SupplyParameterFromQuery(Name = "new")] public bool Create { get; set; }

    [Inject] private TimeProvider Clock { get; set; } = default!;

    protected override IReadOnlyCollection<string> Topics => [LiveTopic.Tokens];

    private DateTime Now => Clock.GetUtcNow().UtcDateTime;

    private bool MayWrite => May(Org is null ? AccessPermissions.PlatformTokens : AccessPermissions.WriteTokens);

    private bool Creating => Create && MayWrite;

    private TokenRow? Changing => MayWrite && _token?.Id == Id ? _token : null;

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        if (await AskAsync(List(new PageRequest(1))) is null) return;
        await NameOwnersAsync();
        if (Org is not null)
        {
            Result<TokenRow>? found = Id is { } id ? await Portal.AskAsync(Actor, new GetToken(Org, id), cancellationToken) : default(Result<TokenRow>?);
            _token = found is { Succeeded: true } token ? token.Value : null;
            var accounts = await Portal.AskAsync(Actor, new ServiceAccounts.ListServiceAccounts(Org, new PageRequest(PageRequest.MaxLimit)), cancellationToken);
            if (accounts.TryGet(out var page, out _)) (_accounts, _account) = (page.Items.ToDictionary(a => a.Id, a => a.Name), page.Items.FirstOrDefault(a => a.Id == Account));
        }

        _ready = true;
        if (_table is not null) await _table.RefreshAsync();
    }

    private Query<Paged<TokenRow>> List(PageRequest page) => Org is null ? new ListPlatformTokens(page) : new ListTokens(Org, page);

    private Task<DataTablePage<TokenRow>> LoadRowsAsync(DataTableQuery query, CancellationToken cancellationToken) =>
        TableLoading.LoadAsync(query, null, page => Portal.AskAsync(Actor, List(page), cancellationToken));

    private async Task NameOwnersAsync()
    {
        if (Org is null || !May(AccessPermissions.ReadPeople)) return;
        var people = await Portal.AskAsync(Actor, new ListPeople(Org, new PageRequest(PageRequest.MaxLimit)), Left);
        if (people.TryGet(out var page, out _)) _owners = page.Items.ToDictionary(p => p.UserId, p => p.DisplayName);
    }

    private string OwnerOf(TokenRow token) => token.ServiceAccountId is { } account ? _accounts.GetValueOrDefault(account) ?? T["tokens.serviceAccount"] : token.OwnerUserId switch
    {
        null => T["tokens.operator"],
        { } id when id == Actor.Id => T["tokens.you"],
        { } id => _owners.GetValueOrDefault(id) ?? T["tokens.otherOwner"],
    };

    private (Tone Tone, string Key)? StateOf(TokenRow token) => token switch
    {
        { RevokedAtUtc: not null } => (Tone.Neutral, "tokens.revoked"),
        _ when token.ExpiresAtUtc <= Now => (Tone.Neutral, "tokens.expired"),
        _ when token.ExpiresAtUtc <= Now.AddDays(7) => (Tone.Warn, "tokens.endsSoon"),
        _ => null,
    };

    private async Task RevokeAsync(TokenRow token)
    {
        if (_confirm is null || !await _confirm.AskAsync(new Question(T["tokens.revokeTitle", token.Name], T["tokens.revokeText"], T["tokens.revoke"], Dangerous: true))) return;
        var result = Org is null ? await SendAsync(new RevokePlatformToken(token.Id, token.Version)) : await SendAsync(new RevokeToken(Org, token.Id, token.Version));
        if (result.Problem is { } problem) Toasts.Show(T.Problem(problem), Tone.Bad);
        else Toasts.Show(T["tokens.revokedNow", token.Name], Tone.Good);
        await ReloadAsync();
    }

    private string Address(bool create = false) => Navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { ["new"] = create ? true : null, ["id"] = null, ["account"] = null, ["scope"] = null });
}
