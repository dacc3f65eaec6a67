using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Kernel;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access;

public sealed class TokenDraftTest
{
    private static readonly string[] Roles = [BuiltInRoles.OrgAdmin, BuiltInRoles.Auditor, BuiltInRoles.OrgUser];

    [Fact]
    public void AskedScope_NarrowsTheLeastRoleThatHoldsIt()
    {
        var draft = new TokenDraft();
        draft.PickRole(BuiltInRoles.OrgUser);
        draft.Ask(["audit:ingest"], Roles);
        draft.ShouldSatisfyAllConditions(d => d.Role.ShouldBe(BuiltInRoles.OrgAdmin), d => d.Narrow.ShouldBeTrue(), d => d.Scopes.ShouldBe(["audit:ingest"]), d => d.Asked.ShouldBe(["audit:ingest"]));
        draft.Set("audit:ingest", false);
        draft.Scopes.ShouldBeEmpty();

        // A role that does not hold it: what nobody sees is not sent.
        draft.Set("audit:ingest", true);
        draft.PickRole(BuiltInRoles.OrgUser);
        draft.Scopes.ShouldBeEmpty();
    }

    [Fact]
    public void AskedScope_ThatIsNoneOrIsNotHeld_IsLeftOut()
    {
        var draft = new TokenDraft();
        draft.PickRole(BuiltInRoles.OrgUser);
        draft.Ask(["moon:read", "audit", "<script>", "*:*"], Roles);
        draft.ShouldSatisfyAllConditions(d => d.Narrow.ShouldBeFalse(), d => d.Scopes.ShouldBeEmpty(), d => d.Asked.ShouldBeEmpty());
        draft.Ask(["audit:ingest"], [BuiltInRoles.OrgUser]);
        draft.ShouldSatisfyAllConditions(d => d.Role.ShouldBe(BuiltInRoles.OrgUser), d => d.Narrow.ShouldBeFalse(), d => d.Scopes.ShouldBeEmpty());
    }

    [Fact]
    public void RoleOfTheOrganizationsOwn_ShowsItsAreas()
    {
        var draft = new TokenDraft { Known = new Dictionary<string, Role>(StringComparer.Ordinal) { ["money"] = new(Ids.New().ToString(), GrantScope.Organization, ["budgets:*", "costs:read"]) } };
        draft.PickRole("money");
        draft.Areas.ShouldBe([("budgets", true), ("costs", false)], ignoreOrder: true);
        draft.Set("budgets", reading: false, on: true);
        draft.PickRole("nothing");
        draft.ShouldSatisfyAllConditions(d => d.Areas.ShouldBeEmpty(), d => d.Scopes.ShouldBeEmpty());
    }

    [Fact]
    public void AskedReading_IsTickedAsReading()
    {
        var draft = new TokenDraft();
        draft.Ask(["audit:read"], Roles);
        draft.ShouldSatisfyAllConditions(d => d.Role.ShouldBe(BuiltInRoles.Auditor), d => d.Has("audit", "read").ShouldBeTrue(), d => d.Asked.ShouldBeEmpty());
        draft.Set("audit", reading: true, on: false);
        draft.Scopes.ShouldBeEmpty();
    }
}
