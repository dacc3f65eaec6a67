using Hexabase.Portal.Shell;
using Hexabase.Portal.Support.Components;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Audit;

public sealed class AuditWordsTest
{
    [Theory]
    [InlineData("en", "people.listInvitations", "Asked for people")]
    [InlineData("ja", "audit.enterAudit", "監査ログの照会")]
    [InlineData("en", "jobs.list", "jobs.list")]
    [InlineData("en", "widgets.getWidget", "widgets.getWidget")]
    public async Task Action_WithoutAName_IsToldByWhatItAskedFor_OfThePortalOnly(string language, string action, string shown)
    {
        await using var context = new ComponentContext(language);
        AuditWords.Action(action, context.Get<Text>()).ShouldBe(shown);
    }
}
