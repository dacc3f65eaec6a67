using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Shell;

public sealed partial class TextCatalogTest
{
    private static readonly TextCatalog Catalog = TextCatalog.Load(typeof(ShellModule).Assembly);

    [Fact]
    public void EveryKey_ExistsInBothLanguages()
    {
        var (english, japanese) = (Catalog.Of("en").Keys.ToHashSet(), Catalog.Of("ja").Keys.ToHashSet());
        // Japanese has no singular of its own.
        english.Where(key => !key.EndsWith(".one", StringComparison.Ordinal) && !japanese.Contains(key)).ShouldBeEmpty("missing in Japanese");
        japanese.Except(english).ShouldBeEmpty("missing in English");
        english.Where(key => key.EndsWith(".one", StringComparison.Ordinal) && !english.Contains(key[..^4] + ".other")).ShouldBeEmpty("a singular without its plural");
    }

    [Fact]
    public void EveryText_HasTheSamePlaceholdersInBothLanguages() =>
        Catalog.Of("ja").Where(pair => !Placeholders(pair.Value).SetEquals(Placeholders(Catalog.Of("en")[pair.Key]))).Select(pair => pair.Key).ShouldBeEmpty();

    [Fact]
    public void EveryText_IsWritten() => Viewer.Languages.SelectMany(language => Catalog.Of(language)).Where(pair => string.IsNullOrWhiteSpace(pair.Value)).ShouldBeEmpty();

    [Fact]
    public void EveryKeyInTheSource_IsDefined()
    {
        var missing = new List<string>();
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Root(), "Portal"), "*.*", SearchOption.AllDirectories))
        {
            if (!file.EndsWith(".razor", StringComparison.Ordinal) && !file.EndsWith(".cs", StringComparison.Ordinal)) continue;
            if (file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)) continue;
            // Examples in doc comments are not uses.
            var source = string.Join('\n', File.ReadLines(file).Where(line => !line.TrimStart().StartsWith("///", StringComparison.Ordinal)));
            missing.AddRange(Uses().Matches(source).Select(use => use.Groups["key"].Value).Where(key => !Catalog.Of("en").ContainsKey(key)).Select(key => $"{Path.GetFileName(file)}: {key}"));
            missing.AddRange(Plurals().Matches(source).Select(use => use.Groups["key"].Value).Where(key => !Catalog.Of("en").ContainsKey(key + ".other")).Select(key => $"{Path.GetFileName(file)}: {key}.other"));
        }

        missing.ShouldBeEmpty();
    }

    [Fact]
    public void DoubledKey_StopsTheStart() =>
        Should.Throw<InvalidOperationException>(() => TextCatalog.Merge([("A/Text.en.json", """{"a.b":"x"}"""), ("B/Text.en.json", """{"a.b":"y"}""")])).Message.ShouldContain("a.b");

    [Fact]
    public void UnknownLanguage_StopsTheStart() => Should.Throw<InvalidOperationException>(() => TextCatalog.Merge([("A/Text.fr.json", "{}")]));

    [Fact]
    public void Plural_ByLanguage()
    {
        var viewer = new Viewer();
        var text = new Text(Catalog, viewer);
        text.Plural("controls.table.rows", 1).ShouldBe("1 row");
        text.Plural("controls.table.rows", 1234).ShouldBe("1234 rows");
        viewer.UseLanguage("ja");
        text.Plural("controls.table.rows", 1).ShouldBe("1行");
        text["shell.live"].ShouldBe("ライブ");
    }

    [Theory]
    [InlineData("ja,en;q=0.8", "ja")]
    [InlineData("fr-FR, ja-JP;q=0.5", "ja")]
    [InlineData("de", "en")]
    [InlineData(null, "en")]
    public void Negotiate_TakesTheFirstLanguageSpoken(string? header, string language) => Viewer.Negotiate(header).ShouldBe(language);

    private static HashSet<string> Placeholders(string text) => [.. Holes().Matches(text).Select(match => match.Value)];

    private static string Root()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "Hexabase.Portal.sln"))) at = at.Parent;
        if (at is null) Assert.Skip("The sources are not beside the tests.");
        return at.FullName;
    }

    [GeneratedRegex("""\b(?:T|text|Text)\["(?<key>[a-zA-Z0-9.\-]+)"[\],]""", RegexOptions.None, 1000)]
    private static partial Regex Uses();

    [GeneratedRegex("""\.Plural\("(?<key>[a-zA-Z0-9.\-]+)",""", RegexOptions.None, 1000)]
    private static partial Regex Plurals();

    [GeneratedRegex(@"\{\d+\}", RegexOptions.None, 1000)]
    private static partial Regex Holes();
}
