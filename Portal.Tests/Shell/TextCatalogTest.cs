using System.Text.RegularExpressions;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Support;
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
        // A refusal has its English sentence where it is made.
        japanese.Except(english).Where(key => !key.StartsWith("problem.", StringComparison.Ordinal)).ShouldBeEmpty("missing in English");
        english.Where(key => key.EndsWith(".one", StringComparison.Ordinal) && !key.StartsWith("problem.", StringComparison.Ordinal) && !english.Contains(key[..^4] + ".other")).ShouldBeEmpty("a singular without its plural");
    }

    [Fact]
    public void EveryText_HasTheSamePlaceholdersInBothLanguages() =>
        Catalog.Of("ja").Where(pair => Catalog.Of("en").ContainsKey(pair.Key) && !Placeholders(pair.Value).SetEquals(Placeholders(Catalog.Of("en")[pair.Key]))).Select(pair => pair.Key).ShouldBeEmpty();

    [Fact]
    public void EveryRefusalAndFinding_IsWrittenInJapanese()
    {
        var codes = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var file in new[] { "Portal.Core", "Portal" }.SelectMany(p => Directory.EnumerateFiles(Path.Combine(Root(), p), "*.cs", SearchOption.AllDirectories)))
        {
            if (file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)) continue;
            var source = File.ReadAllText(file);
            codes.UnionWith(Codes().Matches(source).Select(m => m.Groups["code"].Value));
            codes.UnionWith(Missing().Matches(source).Select(m => m.Groups["kind"].Value + ".notFound"));
            codes.UnionWith(Findings().Matches(source).Select(m => m.Groups["code"].Value));
        }

        // Made of parts.
        foreach (var kind in new[] { "cost", "number" }) codes.UnionWith(new[] { "decimals", "range", "nonFinite", "unreadable" }.Select(c => $"focus.{kind}.{c}"));
        codes.Count.ShouldBeGreaterThan(200);
        codes.Where(code => !Catalog.Of("ja").ContainsKey("problem." + code)).ShouldBeEmpty();
    }

    [Fact]
    public void EveryCommandAndProtectedQuery_HasWordsInTheAuditLog()
    {
        var messages = typeof(Message).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Message)) && t is { IsAbstract: false, ContainsGenericParameters: false })
            .Select(t => (Message)System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(t)).ToList();
        var actions = messages.Where(m => m.GetType().GetProperty("Action") is not null || m.GetType().GetProperty("IsProtected")?.GetValue(m) is true).Select(PortalGateway.ActionOf).Distinct().ToList();
        actions.Count.ShouldBeGreaterThan(120);
        actions.Where(action => !Catalog.Of("en").ContainsKey("action." + action)).Order().ShouldBeEmpty();
    }

    [Fact]
    public void EveryKindOfResource_HasAWordInTheAuditLog()
    {
        var kinds = Directory.EnumerateFiles(Path.Combine(Root(), "Portal.Core"), "*.cs", SearchOption.AllDirectories).SelectMany(f => Kinds().Matches(File.ReadAllText(f))).Select(m => m.Groups["kind"].Value).Distinct().ToList();
        kinds.Count.ShouldBeGreaterThan(30);
        kinds.Where(kind => !Catalog.Of("en").ContainsKey("resource." + kind)).Order().ShouldBeEmpty();
    }

    [Fact]
    public void Finding_SpeaksTheViewersLanguage_WithWhatWasFound()
    {
        var viewer = new Viewer();
        var text = new Text(Catalog, viewer);
        text.Finding("focus.currency.unknown", "BillingCurrency is 'XXL'.", "BillingCurrency", "'XXL'").ShouldBe("BillingCurrency is 'XXL'.");
        viewer.UseLanguage("ja");
        text.Finding("focus.currency.unknown", "BillingCurrency is 'XXL'.", "BillingCurrency", "'XXL'").ShouldBe("'XXL'はISO 4217の通貨コードではありません。修正してください。");
        text.Finding("focus.json.invalid", "…", "Tags", "'{'").ShouldContain("{\"キー\": \"値\"}");
        text.Finding("focus.currency.unknown", "older message without the value", "BillingCurrency", null).ShouldBe("older message without the value");
    }

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
        text.Plural("controls.table.rows", 1234).ShouldBe("1,234 rows");
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
        var root = RepositoryFiles.Find();
        if (root is null) Assert.Skip("The sources are not beside the tests.");
        return root;
    }

    [GeneratedRegex("\\.Audit\\(\\s*\"(?<kind>[A-Za-z]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Kinds();

    [GeneratedRegex("""\b(?:T|text|Text)\["(?<key>[a-zA-Z0-9.\-]+)"[\],]""", RegexOptions.None, 1000)]
    private static partial Regex Uses();

    [GeneratedRegex("""\.Plural\("(?<key>[a-zA-Z0-9.\-]+)",""", RegexOptions.None, 1000)]
    private static partial Regex Plurals();

    // Where a refusal is made: Problem.Refused("code", ...), new FieldError(field, "code", ...), Fail(at, "code", ...), new(ProblemKind.X, "code", ...).
    [GeneratedRegex("""(?:new (?:\w+\.)?Problem\(|new\()\s*(?:\w+\.)?ProblemKind\.\w+,\s*"(?<code>[a-zA-Z]+(?:\.[a-zA-Z0-9]+)+)"|Problem\.(?:Refused|Conflict|Unavailable)\(\s*"(?<code>[a-zA-Z]+(?:\.[a-zA-Z0-9]+)+)"|(?:Problem\.Invalid|new FieldError|Fail|Wrong)\(\s*[^,]+,\s*"(?<code>[a-zA-Z]+(?:\.[a-zA-Z0-9]+)+)"|(?:JobOutcome\.Failed)\(\s*"(?<code>[a-zA-Z]+(?:\.[a-zA-Z0-9]+)+)"|new JobMessage\([^,]+,[^,]+,\s*"(?<code>[a-zA-Z]+(?:\.[a-zA-Z0-9]+)+)"|FieldError \w+\([^)]*\) =>\s*new\([^,]+,\s*"(?<code>[a-zA-Z]+(?:\.[a-zA-Z0-9]+)+)["]""", RegexOptions.None, 5000)]
    private static partial Regex Codes();

    [GeneratedRegex("""Problem\.NotFound\("(?<kind>\w+)"\)""", RegexOptions.None, 1000)]
    private static partial Regex Missing();

    [GeneratedRegex("""["](?<code>focus\.[a-zA-Z]+\.[a-zA-Z0-9]+)["]""", RegexOptions.None, 1000)]
    private static partial Regex Findings();

    [GeneratedRegex(@"\{\d+\}", RegexOptions.None, 1000)]
    private static partial Regex Holes();
}
