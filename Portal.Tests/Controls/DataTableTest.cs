using Hexabase.Portal.Support.Components;
using Microsoft.AspNetCore.Components;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Controls;

public sealed class DataTableTest
{
    private sealed record Row(string Name, int Size);

    private static readonly RenderFragment Columns = builder =>
    {
        builder.OpenComponent<Column<Row>>(0);
        builder.AddComponentParameter(1, "Title", "Name");
        builder.AddComponentParameter(2, "Value", (Func<Row, string?>)(row => row.Name));
        builder.AddComponentParameter(3, "SortBy", (Func<Row, object?>)(row => row.Name));
        builder.CloseComponent();
        builder.OpenComponent<Column<Row>>(4);
        builder.AddComponentParameter(5, "Title", "Size");
        builder.AddComponentParameter(6, "Align", ColumnAlign.End);
        builder.AddComponentParameter(7, "SortKey", "size");
        builder.AddComponentParameter(8, "SortBy", (Func<Row, object?>)(row => row.Size));
        builder.AddComponentParameter(9, "Value", (Func<Row, string?>)(row => $"{row.Size}"));
        builder.CloseComponent();
    };

    private static Parameters<DataTable<Row>> Basics(Parameters<DataTable<Row>> p) =>
        p.Add(x => x.Id, "rows").Add(x => x.Title, "Rows").Add(x => x.Key, row => row.Name).Content(Columns);

    private static IEnumerable<string> Names(Rendered<DataTable<Row>> cut) => cut.FindAll("tr[data-row] td:first-child").Select(cell => cell.TextContent.Trim());

    [Fact]
    public async Task Items_SortByHeader_FiguresLargestFirst()
    {
        await using var context = new ComponentContext();
        var cut = await context.RenderAsync<DataTable<Row>>(p => Basics(p).Add(x => x.Items, [new("b", 1), new("a", 3), new("c", 2)]));
        Names(cut).ShouldBe(["b", "a", "c"]);
        await cut.ClickAsync("th:nth-child(2) button");
        Names(cut).ShouldBe(["a", "c", "b"]);
        cut.Find("th:nth-child(2)").GetAttribute("aria-sort").ShouldBe("descending");
        await cut.ClickAsync("th:nth-child(1) button");
        Names(cut).ShouldBe(["a", "b", "c"]);
        cut.Find("th:nth-child(1)").GetAttribute("aria-sort").ShouldBe("ascending");
        cut.Find("th:nth-child(2)").GetAttribute("aria-sort").ShouldBe("none");
    }

    [Fact]
    public async Task Load_Pages_ByTheCursorOfThePageBefore()
    {
        await using var context = new ComponentContext();
        var asked = new List<DataTableQuery>();
        var cut = await context.RenderAsync<DataTable<Row>>(p => Basics(p).Add(x => x.PageSize, 2).Add(x => x.Load, (query, _) =>
        {
            asked.Add(query);
            return Task.FromResult(query.Cursor is null ? new DataTablePage<Row>([new("a", 1), new("b", 2)], "after-b", 3) : new([new("c", 3)], null, 3));
        }));
        cut.Markup.ShouldContain("2 of 3 rows");
        await cut.ClickAsync(".table-foot button");
        Names(cut).ShouldBe(["a", "b", "c"]);
        asked.Select(query => query.Cursor).ShouldBe([null, "after-b"]);
        cut.FindAll(".table-foot button").ShouldBeEmpty();
        await cut.ClickAsync("th:nth-child(2) button");
        asked[^1].ShouldBe(new DataTableQuery(null, 2, "size", true));
    }

    [Fact]
    public async Task Count_StandsInTheToolRow_UnlessAFilterIsThere()
    {
        await using var context = new ComponentContext();
        Task<DataTablePage<Row>> Load(DataTableQuery query, CancellationToken cancellationToken) => Task.FromResult(new DataTablePage<Row>([new("a", 1), new("b", 2)], null, null));
        var free = await context.RenderAsync<DataTable<Row>>(p => Basics(p).Add(x => x.Load, Load));
        free.Find(".table-tools .grow").TextContent.Trim().ShouldBe("2 rows");
        free.FindAll(".table-foot").ShouldBeEmpty();
        var filtered = await context.RenderAsync<DataTable<Row>>(p => Basics(p).Add(x => x.Load, Load).Add(x => x.Tools, builder => builder.AddContent(0, "filter")));
        filtered.Find(".table-tools .grow").TextContent.Trim().ShouldBe("filter");
        filtered.Find(".table-foot").TextContent.Trim().ShouldBe("2 rows");
    }

    [Fact]
    public async Task Load_NotAnsweredYet_ShowsSkeletonRowsInTheTablesShape()
    {
        await using var context = new ComponentContext();
        var answer = new TaskCompletionSource<DataTablePage<Row>>(TaskCreationOptions.RunContinuationsAsynchronously);
        var cut = await context.RenderAsync<DataTable<Row>>(p => Basics(p).Add(x => x.SkeletonRows, 3).Add(x => x.Load, (_, _) => answer.Task));
        cut.FindAll("tbody tr .skeleton").Count.ShouldBe(6);
        answer.SetResult(new([new("a", 1)]));
        await cut.WaitForStateAsync(() => Names(cut).Any());
        cut.FindAll(".skeleton").ShouldBeEmpty();
    }

    [Fact]
    public async Task Load_Outage_KeepsRowsAndOffersToTryAgain()
    {
        await using var context = new ComponentContext();
        var down = false;
        var cut = await context.RenderAsync<DataTable<Row>>(p => Basics(p).Add(x => x.Load, (_, _) => down ? throw new TimeoutException() : Task.FromResult(new DataTablePage<Row>([new("a", 1)]))));
        down = true;
        await cut.InvokeAsync(cut.Instance.RefreshAsync);
        await cut.RefreshAsync();
        Names(cut).ShouldBe(["a"]);
        cut.Find(".problem").TextContent.ShouldContain("could not be loaded");
        down = false;
        await cut.ClickAsync(".problem button");
        cut.FindAll(".problem").ShouldBeEmpty();
    }

    [Fact]
    public async Task Version_Changed_FadesThatRowOnly_AndAgainNextTime()
    {
        await using var context = new ComponentContext();
        var cut = await context.RenderAsync<DataTable<Row>>(p => Basics(p).Add(x => x.Version, row => row.Size).Add(x => x.Items, [new("a", 1), new("b", 2)]));
        cut.FindAll("tr[class^=changed]").ShouldBeEmpty();
        await cut.SetAsync(p => Basics(p).Add(x => x.Version, row => row.Size).Add(x => x.Items, [new("a", 1), new("b", 3)]));
        cut.FindAll("tr[class^=changed]").Single().ClassName.ShouldBe("changed-a");
        await cut.SetAsync(p => Basics(p).Add(x => x.Version, row => row.Size).Add(x => x.Items, [new("a", 1), new("b", 4)]));
        cut.FindAll("tr[class^=changed]").Single().ClassName.ShouldBe("changed-b");
    }

    [Fact]
    public async Task NoRows_SaysWhy()
    {
        await using var context = new ComponentContext("ja");
        var cut = await context.RenderAsync<DataTable<Row>>(p => Basics(p).Add(x => x.Items, []));
        cut.Find(".empty").TextContent.ShouldContain("この条件に一致するものはありません。");
    }

    [Fact]
    public async Task Row_Click_Opens()
    {
        await using var context = new ComponentContext();
        Row? opened = null;
        var cut = await context.RenderAsync<DataTable<Row>>(p => Basics(p).Add(x => x.Items, [new("a", 1)]).On(x => x.OnOpen, row => opened = row));
        cut.Find("tr[data-row]").GetAttribute("tabindex").ShouldBe("0");
        await cut.ClickAsync("tr[data-row] td");
        opened.ShouldBe(new Row("a", 1));
    }
}
