using Hexabase.Portal.Costs.Storage;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Support;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Costs;

public sealed class RowWriterTest(TestServer server) : IAsyncLifetime
{
    private static readonly string[] Columns = ["n bigint", "id uuid", "day date", "at time", "words text", "matched text", "amount numeric"];
    private static readonly Guid Id = Guid.Parse("01234567-89ab-cdef-0123-456789abcdef");
    private readonly TestPortal portal = new(server);

    public async ValueTask InitializeAsync() => await portal.InitializeAsync();

    public async ValueTask DisposeAsync() => await portal.DisposeAsync();

    [Fact]
    public async Task Staged_RowsOfAnySize_ComeBackAsTheyWere()
    {
        string[] words = ["a", "日本 \"quoted\"\n", new string('x', 600_000), ""];
        Int128[] amounts = [Amount.Pow10(38) - 1, -1, 1_500_000_000_000_000_000, 0];
        await using var open = await portal.Database.OpenAsync(DataScope.Of(Guid.Empty), forWriting: true, TestContext.Current.CancellationToken);
        var db = new CostDb(open.Db);

        var (from, parameters) = await db.StageAsync("staged", Columns, Enumerable.Range(0, 4), (target, i) => Write(target, i, words[i], amounts[i]), TestContext.Current.CancellationToken);
        var rows = await db.ReadAsync(
            $"SELECT n.n, n.id, n.day, n.at, n.words, n.matched, n.amount::text FROM {from} ORDER BY n.n", r => (r.GetInt64(0), r.GetGuid(1), r.Day(2), r.Utc(3), r.Text(4), r.Text(5), r.GetString(6)), TestContext.Current.CancellationToken, parameters);

        for (var i = 0; i < 4; i++)
            rows[i].ShouldBe((i, Id, new DateOnly(1999, 12, 31), new DateTime(2026, 11, 20, 1, 2, 3, DateTimeKind.Utc), words[i].Length == 0 ? null : words[i], "", rows[i].Item7));
        rows.Select(r => Amount.Parse(r.Item7).Atto).ShouldBe(amounts);
    }

    [Fact]
    public void Json_HasNullForEmptyText_AndEveryDigit()
    {
        using var json = new JsonRows(Columns);
        Write(json, 1, "", Amount.Pow10(38) - 1);
        Write(json, 2, "b", 5);

        json.ToString().ShouldBe(
            """[{"n":1,"id":"01234567-89ab-cdef-0123-456789abcdef","day":"1999-12-31","at":"2026-11-20T01:02:03Z","matched":"","amount":"99999999999999999999.999999999999999999"},{"n":2,"id":"01234567-89ab-cdef-0123-456789abcdef","day":"1999-12-31","at":"2026-11-20T01:02:03Z","words":"b","matched":"","amount":"0.000000000000000005"}]""");
    }

    private static void Write(RowWriter target, int n, string words, Int128 amount)
    {
        target.Begin();
        target.Number(n);
        target.Id(Id);
        target.Day(new DateOnly(1999, 12, 31).DayNumber);
        target.Time(new DateTime(2026, 11, 20, 1, 2, 3, DateTimeKind.Utc).Ticks);
        target.Text(System.Text.Encoding.UTF8.GetBytes(words));
        target.Word("");
        target.Exact(amount);
    }
}
