using Hexabase.Portal.Access;
using Hexabase.Portal.Access.Bindings;
using Hexabase.Portal.Access.Reviews;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Access.Rules;
using Hexabase.Portal.Access.ServiceAccounts;
using Hexabase.Portal.Access.Sso.Connections;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Samples;

/// <summary>A role of the sample's own.</summary>
internal sealed record SampleRole(string Name, string Description, IReadOnlyList<string> Permissions);

/// <summary>A role that one of the sample's people holds at a business unit, under a condition.</summary>
/// <param name="Days">Ends so many days after the load; null = for good.</param>
internal sealed record SampleBinding(string Person, string Role, string BusinessUnit, string Condition, int? Days = null);

/// <summary>
/// Roles of the organization's own with conditions on who holds them, a rule that denies, a service account with a token, the draft of a connection for single sign-on, and a review.
/// Nobody learns the token's text: rotate it to get one. What is there already is left as it is.
/// </summary>
internal sealed class SampleAccess(SampleSender sender, TimeProvider clock)
{
    public const string RuleName = "Quotas of restricted workspaces need a second factor (sample)";
    public const string AccountName = "Cost export (sample)";
    public const string TokenName = "Nightly export (sample)";
    public const string ConnectionName = "Aoyama identity provider (sample)";
    public const string ReviewName = "Roles of the organization's people (sample)";
    private const string Org = SampleOrganization.Slug;
    private const string CostAnalyst = "Cost analyst (sample)";
    private const string WorkspaceOperator = "Workspace operator (sample)";
    private const int ReviewDays = 30;
    private const int TokenDays = 90;
    private static readonly PageRequest All = new(PageRequest.MaxLimit);

    public static IReadOnlyList<SampleRole> Roles { get; } =
    [
        new(CostAnalyst, "Reads and exports costs and budgets; changes nothing.", ["costs:read", "costs:export", "budgets:read", "allocation:read", "businessUnits:read", "workspaces:read", "organizations:read"]),
        new(WorkspaceOperator, "Changes workspaces and their quotas; does not see what they cost.", ["workspaces:*", "quotas:*", "businessUnits:read", "organizations:read"]),
    ];

    public static IReadOnlyList<SampleBinding> Bindings { get; } =
    [
        new("Sakura Inoue", CostAnalyst, "retail-apps", "weekday in mon-fri Asia/Tokyo and time in 08:00-20:00 Asia/Tokyo", Days: 180),
        new("Ryo Suzuki", WorkspaceOperator, "finance-bu", "environment in development, staging, preview and classification <= confidential"),
        new("Hana Yamada", WorkspaceOperator, "healthcare-analytics", "mfa within 12h and residency in jp"),
    ];

    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        var roles = await RolesAsync(cancellationToken);
        foreach (var binding in Bindings) if (roles.TryGetValue(binding.Role, out var role)) await BindAsync(binding, role, cancellationToken);
        if (!(await sender.AskAsync(new ListAccessRules(Org), cancellationToken)).Any(r => r.Name == RuleName))
            await sender.SendAsync(new CreateAccessRule(Org, new AccessRuleInput(RuleName, "deny", "quotas:write", "classification = restricted and not mfa")), cancellationToken);
        await ServiceAccountAsync(cancellationToken);
        if (!(await sender.AskAsync(new ListSsoConnections(Org, All), cancellationToken)).Items.Any(c => c.Name == ConnectionName))
        {
            // A draft: the address belongs to nobody (RFC 2606), and it is not switched on.
            var draft = new SsoConnectionInput(ConnectionName, "oidc", Issuer: "https://login.aoyama.example/portal", ClientId: "hexabase-portal-sample", ClientProof: "privateKey", CreatePeople: true, DefaultRole: BuiltInRoles.OrgUser);
            await sender.SendAsync(new CreateSsoConnection(Org, draft), cancellationToken);
        }

        if (!(await sender.AskAsync(new ListAccessReviews(Org, All), cancellationToken)).Items.Any(r => r.Name == ReviewName))
            await sender.SendAsync(new StartAccessReview(Org, new ReviewInput(ReviewName, InDays(ReviewDays), ReviewerRule: "member", Reviewer: SampleDirectory.Address("Akari Matsumoto"))), cancellationToken);
    }

    /// <summary>The keys of the roles by name; one that somebody has archived is not among them.</summary>
    private async Task<Dictionary<string, string>> RolesAsync(CancellationToken cancellationToken)
    {
        var known = (await sender.AskAsync(new ListRoles(Org, IncludeArchived: true), cancellationToken)).Where(r => r.Name is not null).ToLookup(r => r.Name ?? "", r => r, StringComparer.Ordinal);
        var keys = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var role in Roles)
        {
            var row = known[role.Name].FirstOrDefault() ?? await sender.SendAsync(new CreateCustomRole(Org, new CustomRoleInput(role.Name, role.Description, role.Permissions)), cancellationToken);
            if (!row.IsArchived) keys[role.Name] = row.Key;
        }

        return keys;
    }

    private async Task BindAsync(SampleBinding binding, string role, CancellationToken cancellationToken)
    {
        var person = SampleDirectory.Address(binding.Person);
        if ((await sender.AskAsync(new ListBindings(Org, All, Role: role), cancellationToken)).Items.Any(b => b.PrincipalName == person)) return;
        await sender.SendAsync(new BindRole(Org, new BindingInput(person, role, "person", "businessUnit", binding.BusinessUnit, binding.Condition, binding.Days is { } days ? InDays(days) : null)), cancellationToken);
    }

    private async Task ServiceAccountAsync(CancellationToken cancellationToken)
    {
        var account = (await sender.AskAsync(new ListServiceAccounts(Org, All), cancellationToken)).Items.FirstOrDefault(a => a.Name == AccountName)
            ?? await sender.SendAsync(new CreateServiceAccount(Org, AccountName, BuiltInRoles.FinanceViewer, "Takes each night's costs to the data warehouse.", SampleDirectory.Address("Riku Hasegawa")), cancellationToken);
        if ((await sender.AskAsync(new ListTokens(Org, All), cancellationToken)).Items.Any(t => t.ServiceAccountId == account.Id)) return;
        await sender.SendAsync(new CreateToken(Org, new TokenInput(TokenName, null, ["costs:read", "costs:export"], TokenDays, account.Id)), cancellationToken);
    }

    private DateTime InDays(int days) => clock.GetUtcNow().UtcDateTime.Date.AddDays(days);
}
