using System.Globalization;
using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Shell;

/// <summary>WCAG 2.2 contrast of wwwroot/css/tokens.css, both themes: text 4.5:1, marks 3:1.</summary>
public sealed partial class TokensTest
{
    [Theory]
    [InlineData("light")]
    [InlineData("dark")]
    public void Contrast_IsEnough(string theme)
    {
        var colors = Colors(theme);
        (string Front, string Back)[] words =
        [
            .. from front in new[] { "text", "text2", "text3" } from back in new[] { "bg", "surface", "raised", "hover", "line2" } select (front, back),
            ("accent", "surface"), ("accent", "bg"), ("accent", "accent-soft"), ("on-accent", "accent"), ("on-accent", "accent-hover"), ("on-bad", "bad"), ("on-bad", "bad-hover"),
            .. from tone in new[] { "good", "warn", "bad" } from back in new[] { "surface", "bg", "hover", tone + "-soft" } select (tone, back),
            ("text", "bad-soft"), ("text2", "bad-soft"), ("text2", "warn-soft"), ("text", "accent-soft"), ("text", "changed"),
        ];
        words.Where(pair => Contrast(colors[pair.Front], colors[pair.Back]) < 4.5).Select(pair => $"{pair.Front} on {pair.Back}: {Contrast(colors[pair.Front], colors[pair.Back]):0.00}").ShouldBeEmpty();
        (string, string)[] marks = [.. from mark in new[] { "c0", "c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "good-mark", "warn-mark", "bad-mark", "edge", "focus" } select (mark, "surface")];
        marks.Where(pair => Contrast(colors[pair.Item1], colors[pair.Item2]) < 3).Select(pair => $"{pair.Item1}: {Contrast(colors[pair.Item1], colors[pair.Item2]):0.00}").ShouldBeEmpty();
    }

    [Fact]
    public void SystemDark_IsTheSameAsChosenDark()
    {
        var css = File.ReadAllText(Css());
        var chosen = Body(css, "[data-theme=\"dark\"] {");
        var system = Body(css, ":root:not([data-theme]) {");
        Declarations().Matches(system).Select(m => m.Value).ShouldBe(Declarations().Matches(chosen).Select(m => m.Value));
    }

    private static Dictionary<string, string> Colors(string theme)
    {
        var css = File.ReadAllText(Css());
        return Declarations().Matches(Body(css, theme == "light" ? ":root {" : "[data-theme=\"dark\"] {")).ToDictionary(m => m.Groups["name"].Value, m => m.Groups["hex"].Value);
    }

    private static string Body(string css, string selector)
    {
        var from = css.IndexOf(selector, StringComparison.Ordinal);
        return css[from..css.IndexOf('}', from)];
    }

    private static double Contrast(string a, string b)
    {
        var (x, y) = (Luminance(a), Luminance(b));
        return (Math.Max(x, y) + .05) / (Math.Min(x, y) + .05);
    }

    private static double Luminance(string hex)
    {
        if (hex.Length == 3) hex = string.Concat(hex.Select(c => $"{c}{c}"));
        double Part(int at)
        {
            var value = int.Parse(hex.AsSpan(at, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255d;
            return value <= .04045 ? value / 12.92 : Math.Pow((value + .055) / 1.055, 2.4);
        }

        return (.2126 * Part(0)) + (.7152 * Part(2)) + (.0722 * Part(4));
    }

    private static string Css()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "wwwroot", "css", "tokens.css"))) at = at.Parent;
        if (at is null) Assert.Skip("The sources are not beside the tests.");
        return Path.Combine(at.FullName, "wwwroot", "css", "tokens.css");
    }

    [GeneratedRegex("--(?<name>[a-z0-9-]+): #(?<hex>[0-9a-f]{3,6});", RegexOptions.None, 1000)]
    private static partial Regex Declarations();
}
