using Hexabase.Portal.Kernel;
using Hexabase.Portal.Shell;
using Hexabase.Portal.Support.Components;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Controls;

/// <summary>The small controls: each has one thing that must not go wrong.</summary>
public sealed class ControlsTest
{
    [Theory]
    [InlineData("4905.60", true, "bad", "up $4,905.60")]
    [InlineData("-611.20", true, "good", "down $611.20")]
    [InlineData("4905.60", false, "good", "up $4,905.60")]
    [InlineData("0", true, "", "unchanged")]
    public async Task Delta_SaysDirectionInWords(string amount, bool moreIsWorse, string tone, string words)
    {
        await using var context = new ComponentContext();
        var cut = await context.RenderAsync<Delta>(p => p.Add(x => x.Amount, Amount.Parse(amount)).Add(x => x.Currency, "USD").Add(x => x.MoreIsWorse, moreIsWorse));
        cut.Find(".sr").TextContent.ShouldBe(words);
        cut.Find(".delta").ClassName.ShouldBe($"delta num {tone}");
    }

    [Theory]
    [InlineData(0.0004, "", "unchanged")]
    [InlineData(-0.0004, "", "unchanged")]
    [InlineData(0.0006, "bad", "up 0.1\u2009\u2060%")]
    public async Task Delta_ShownAsNothing_HasNoDirection(double ratio, string tone, string words)
    {
        await using var context = new ComponentContext();
        var cut = await context.RenderAsync<Delta>(p => p.Add(x => x.Ratio, ratio).Add(x => x.Arrow, true));
        cut.Find(".sr").TextContent.ShouldBe(words);
        cut.Find(".delta").ClassName.ShouldBe($"delta num {tone}");
    }

    [Fact]
    public async Task MoneyText_Unknown_SaysWhy()
    {
        await using var context = new ComponentContext();
        var cut = await context.RenderAsync<MoneyText>(p => p.Add(x => x.Currency, "USD").Add(x => x.UnknownBecause, "No bill yet"));
        cut.Find("span").TextContent.ShouldBe("–");
        cut.Find("span").GetAttribute("title").ShouldBe("No bill yet");
    }

    [Fact]
    public async Task Confirm_TypedWords_OpenTheButton_AndYesIsAnswered()
    {
        await using var context = new ComponentContext();
        var cut = await context.RenderAsync<ConfirmDialog>();
        Task<bool>? answer = null;
        await cut.InvokeAsync(() =>
        {
            answer = cut.Instance.AskAsync(new("Delete", "Gone for good.", "Delete", true, "Finance-BU"));
            return Task.CompletedTask;
        });
        await cut.RefreshAsync();
        cut.Find(".danger").HasAttribute("disabled").ShouldBeTrue();
        await cut.InputAsync("input", "Finance-BU");
        cut.Find(".danger").HasAttribute("disabled").ShouldBeFalse();
        await cut.ClickAsync(".danger");
        (await answer.ShouldNotBeNull()).ShouldBeTrue();
        context.Js.Calls.Select(call => call.Function).ShouldBe(["portal.open", "portal.close"]);
    }

    [Fact]
    public async Task Confirm_Escape_AnswersNo()
    {
        await using var context = new ComponentContext();
        var cut = await context.RenderAsync<ConfirmDialog>();
        Task<bool>? answer = null;
        await cut.InvokeAsync(() =>
        {
            answer = cut.Instance.AskAsync(new("Delete", "Gone.", "Delete"));
            return Task.CompletedTask;
        });
        await cut.RefreshAsync();
        await cut.RaiseAsync("dialog", "onclose", EventArgs.Empty);
        (await answer.ShouldNotBeNull()).ShouldBeFalse();
    }

    [Fact]
    public async Task Toasts_GoAfterAWhile_AtMostFourStand()
    {
        await using var context = new ComponentContext();
        var cut = await context.RenderAsync<ToastRegion>();
        var toasts = context.Get<Toasts>();
        for (var i = 0; i < 6; i++) toasts.Show($"Message {i}");
        await cut.WaitForStateAsync(() => cut.FindAll(".toast").Count == 4);
        toasts.Show("Message 5");
        toasts.Shown.Count.ShouldBe(4);
        toasts.Show("Not saved", Tone.Bad);
        context.Clock.Advance(TimeSpan.FromSeconds(7));
        await cut.WaitForStateAsync(() => cut.FindAll(".toast").Count == 1);
        cut.Find(".toast").TextContent.ShouldContain("Not saved");
        context.Clock.Advance(TimeSpan.FromSeconds(6));
        await cut.WaitForStateAsync(() => cut.FindAll(".toast").Count == 0);
    }

    [Fact]
    public async Task Palette_Search_DropsAnswersToOlderTexts()
    {
        await using var context = new ComponentContext();
        var source = new FindsItself();
        context.Services.AddSingleton<IPaletteSource>(source);
        var cut = await context.RenderAsync<CommandPalette>();
        await cut.InputAsync("input", "fin");
        await cut.InputAsync("input", "finance");
        await cut.WaitForStateAsync(() =>
        {
            context.Clock.Advance(TimeSpan.FromMilliseconds(50));
            return cut.FindAll("[id^=palette-f]").Count == 1;
        });
        cut.Find("#palette-f0").TextContent.ShouldContain("found finance");
        source.Asked.ShouldBe(["finance"]);
    }

    [Fact]
    public async Task FormField_Error_IsTiedToTheInput()
    {
        await using var context = new ComponentContext();
        var cut = await context.RenderAsync<TextField>(p => p.Add(x => x.Id, "limit").Add(x => x.Label, "Limit").Add(x => x.Help, "Per month").Add(x => x.Error, "Give a number"));
        var input = cut.Find("input");
        input.GetAttribute("aria-describedby").ShouldBe("limit-error limit-help");
        input.GetAttribute("aria-invalid").ShouldBe("true");
        cut.Find("label").GetAttribute("for").ShouldBe("limit");
        cut.Find("#limit-error").TextContent.ShouldContain("Give a number");
    }

    [Fact]
    public async Task SelectField_PicksByPosition_AndRefusesWhatIsNotOffered()
    {
        await using var context = new ComponentContext();
        var picked = new List<int>();
        var cut = await context.RenderAsync<SelectField<int>>(p => p.Add(x => x.Id, "s").Add(x => x.Label, "S").Add(x => x.Options, [(10, "ten"), (20, "twenty")]).Add(x => x.Value, 10).On(x => x.ValueChanged, picked.Add));
        await cut.ChangeAsync("select", "1");
        await cut.ChangeAsync("select", "7");
        await cut.ChangeAsync("select", "x");
        picked.ShouldBe([20]);
    }

    [Fact]
    public async Task ProblemBar_CountsFields_AndLeadsToThemOnThisPage()
    {
        await using var context = new ComponentContext();
        var cut = await context.RenderAsync<ProblemBar>(p => p.Add(x => x.Fields, [new("a", "A is missing"), new("b", "B is wrong")]));
        cut.Find("strong").TextContent.ShouldBe("2 fields need your attention.");
        cut.Find("a").GetAttribute("href").ShouldBe("http://localhost/page?filter=1#a");
    }

    [Fact]
    public async Task ProgressBar_Unknown_HasNoValue_AndMoreThanAllIsFull()
    {
        await using var context = new ComponentContext();
        var unknown = await context.RenderAsync<ProgressBar>(p => p.Add(x => x.Label, "Import"));
        unknown.Find("[role=progressbar]").HasAttribute("aria-valuenow").ShouldBeFalse();
        var over = await context.RenderAsync<ProgressBar>(p => p.Add(x => x.Label, "Budget").Add(x => x.Value, 1.7));
        over.Find(".fill").GetAttribute("width").ShouldBe("100%");
    }

    [Fact]
    public async Task Sparkline_GapsBreakTheLine()
    {
        await using var context = new ComponentContext();
        var cut = await context.RenderAsync<Sparkline>(p => p.Add(x => x.Values, [1, null, 3, double.NaN, 2]).Add(x => x.Label, "up"));
        cut.Find("path").GetAttribute("d").ShouldBe("M0 22M53 2M106 12");
    }

    [Fact]
    public async Task Chart_SameData_GoesToTheBrowserOnce()
    {
        await using var context = new ComponentContext("ja");
        var data = new ChartData(ChartKind.Stacked, ["2026-11-01"], [new("Finance-BU", 1, [12.5])]) { Currency = "JPY" };
        var cut = await context.RenderAsync<Chart>(p => p.Add(x => x.Title, "Costs").Add(x => x.Data, data));
        await cut.SetAsync(p => p.Add(x => x.Title, "Costs").Add(x => x.Data, data));
        context.Js.Calls.Count(call => call.Function == "portal.chart").ShouldBe(1);
        await cut.SetAsync(p => p.Add(x => x.Title, "Costs").Add(x => x.Data, data with { Limit = 20 }));
        context.Js.Calls.Count(call => call.Function == "portal.chart").ShouldBe(2);
        cut.Find(".legend button").TextContent.ShouldContain("Finance-BU");
    }

    [Fact]
    public async Task Chart_WithoutFigures_SaysWhyAndLoadsNothing()
    {
        await using var context = new ComponentContext();
        var cut = await context.RenderAsync<Chart>(p => p.Add(x => x.Title, "Costs").Add(x => x.Data, new(ChartKind.Stacked, [], [])));
        cut.Find(".empty").TextContent.ShouldContain("no figures");
        context.Js.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task Icon_EveryName_Draws()
    {
        await using var context = new ComponentContext();
        foreach (var name in Icon.Names) (await context.RenderAsync<Icon>(p => p.Add(x => x.Name, name))).Find("path").GetAttribute("d").ShouldNotBeNullOrEmpty();
        await Should.ThrowAsync<InvalidOperationException>(() => context.RenderAsync<Icon>(p => p.Add(x => x.Name, "no such")));
    }

    [Theory]
    [InlineData("Mari Tanaka", "MT")]
    [InlineData("田中 真理", "田真")]
    [InlineData("root", "R")]
    [InlineData("", "")]
    public void Initials_OfAnyName(string name, string initials) => new ShellState(null, null, false, name, "").Initials.ShouldBe(initials);

    private sealed class FindsItself : IPaletteSource
    {
        public List<string> Asked { get; } = [];

        public IReadOnlyList<PaletteItem> Items => [];

        public Task<IReadOnlyList<PaletteItem>> SearchAsync(string text, CancellationToken cancellation)
        {
            Asked.Add(text);
            return Task.FromResult<IReadOnlyList<PaletteItem>>([new($"found {text}", "search", "/")]);
        }
    }
}
