using Hexabase.Portal.Shell;
using Hexabase.Portal.Support.Components;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Jobs;

public sealed class JobWordsTest
{
    [Fact]
    public async Task Result_SpellsDays_AndLeavesIdsAndEmptyListsOut()
    {
        await using var context = new ComponentContext("en");
        const string json = """{"importId":"01a1fc0f-1132-73b5-a069-597ff9a788e8","rowsRead":22135,"focusVersion":"1.1","periods":[],"from":"2026-11-01T00:00:00Z"}""";
        JobWords.Result(json, context.Get<Text>(), context.Get<Display>()).Select(r => r.Value).ShouldBe(["22,135", "1.1", "1 Nov 2026"]);
    }
}
