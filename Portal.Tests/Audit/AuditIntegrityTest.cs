using Hexabase.Portal.Audit.Log;
using Hexabase.Portal.Support.Components;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Audit;

public sealed class AuditIntegrityTest
{
    [Theory]
    [InlineData("en", 1, "54 + 1 on its way")]
    [InlineData("en", 3, "54 + 3 on their way")]
    [InlineData("ja", 1, "54 + 処理中1件")]
    [InlineData("en", 0, "54")]
    public async Task EntriesOnTheirWay_StandApartFromTheCount(string language, int waiting, string shown)
    {
        await using var context = new ComponentContext(language);
        var cut = await context.RenderAsync<AuditIntegrity>(p => p.Add(x => x.State, new AuditLogState(Guid.Empty, 54, waiting, 54, null, null, null, null, OutsideState.Unknown, null)));
        cut.Find("dd").TextContent.ShouldBe(shown);
    }
}
