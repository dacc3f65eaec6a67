using System.Text.RegularExpressions;
using Hexabase.Portal.Access.Conditions;
using Hexabase.Portal.Support;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Shell;

/// <summary>Refusals that pages show have words in Japanese, and get the values that these words have places for: else the page falls back to the English sentence.</summary>
public sealed partial class RefusalTextTest
{
    private static readonly TextCatalog Catalog = TextCatalog.Load(typeof(ShellModule).Assembly);
    private static readonly IReadOnlyDictionary<string, string> Japanese = Catalog.Of("ja");

    [Fact]
    public void EveryRefusal_HasAsManyValues_AsItsTextHasPlaces()
    {
        var tooFew = new List<string>();
        var seen = 0;
        foreach (var call in Calls("Portal.Core", Refusals()).Concat(Calls("Portal", Refusals())))
        {
            var (at, fixedCount) = call.Name switch { "Refused" or "Conflict" => (0, 2), "Invalid" => (1, 3), _ => (1, int.MaxValue) };
            if (call.Arguments.Count <= at || !Literal().IsMatch(call.Arguments[at]) || !Japanese.TryGetValue("problem." + call.Arguments[at].Trim('"'), out var text)) continue;
            seen++;
            var given = call.Arguments.FirstOrDefault(a => Named().IsMatch(a)) is { } named ? SourceCalls.Arguments(named, named.IndexOf('[', StringComparison.Ordinal) + 1).Count : Math.Max(0, call.Arguments.Count - fixedCount);
            // A problem with a list of errors takes its values as the last argument.
            if (call.Name.EndsWith("Problem", StringComparison.Ordinal) && call.Arguments[^1].StartsWith('[') && call.Arguments.Count == 5) given = SourceCalls.Arguments(call.Arguments[^1], 1).Count;
            var places = Holes().Matches(text).Select(m => int.Parse(m.Groups["place"].ValueSpan, System.Globalization.CultureInfo.InvariantCulture) + 1).DefaultIfEmpty(0).Max();
            if (given < places && call.Arguments[at] != "\"input.invalid\"") tooFew.Add($"{call.File}: {call.Arguments[at]} gives {given} of {places}");
        }

        seen.ShouldBeGreaterThan(300);
        tooFew.ShouldBeEmpty();
    }

    [Fact]
    public void EverySignInRefusal_SaysWhatIsWrong_AndWhatToDo()
    {
        var codes = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (file, source) in Sources("Portal.Core/Access/Sso"))
        {
            codes.UnionWith(SignInCodes().Matches(source).Select(m => m.Groups["code"].Value));
            var prefix = Prefix().Match(source) is { Success: true } match ? match.Groups["prefix"].Value : null;
            if (prefix is not null) codes.UnionWith(OfPrefix().Matches(source).Select(m => $"{prefix}.{m.Groups["code"].Value}"));
            foreach (var token in new[] { "oidc.token", "oidc.logout" }) codes.UnionWith(OfTokens().Matches(source).Select(m => $"{token}.{m.Groups["code"].Value}"));
        }

        codes.Count.ShouldBeGreaterThan(180);
        codes.Where(code => !Japanese.ContainsKey($"problem.{code}") || !Japanese.ContainsKey($"problem.{code}.do")).ShouldBeEmpty();
    }

    [Fact]
    public void SignInRefusal_IsShownInJapanese_AndInEnglishWithItsValues()
    {
        var viewer = new Viewer();
        var text = new Text(Catalog, viewer);
        const string change = "Set the audience (entity id) at the provider to https://portal.test.";
        text.Refusal("saml.audience", "The assertion is for another application.", change).ShouldBe(("The assertion is for another application.", change));
        var certificate = new Kernel.FieldError("certificates", "sso.saml.certificate.size", "The certificate's key is too weak or too large. Upload another.");
        text.Problem(certificate).ShouldBe(certificate.Message);
        viewer.UseLanguage("ja");
        text.Refusal("saml.audience", "The assertion is for another application.", change).What.ShouldBe("アサーションが、別のアプリケーション向けに作成されています。");
        text.Problem(certificate).ShouldStartWith("証明書の鍵が弱すぎるか、大きすぎます。プロバイダーの署名用の証明書を");
        text.Refusal("kept.before.there.was.a.text", "An older refusal.", null).ShouldBe(("An older refusal.", null));
    }

    [Fact]
    public void EveryFailureOfASink_HasWords()
    {
        // What the checkpoint mirror meets is the operator's to see, in the health report; a status of HTTP is said with its number.
        string[] elsewhere = ["outbound.status", "outbound.failed"];
        var codes = Calls("Portal.Core/Integrations", Failures()).Concat(Calls("Portal.Core/Audit/Log", Failures())).Select(c => c.Arguments[0]).Where(a => Literal().IsMatch(a)).Select(a => a.Trim('"')).Except(elsewhere).ToHashSet(StringComparer.Ordinal);
        codes.Count.ShouldBeGreaterThan(12);
        codes.Where(code => !Japanese.ContainsKey($"sinks.error.{code}")).ShouldBeEmpty();
    }

    [Fact]
    public void EveryWordThatIsNotKnown_AndEveryOutsideEvent_HasATextInJapanese()
    {
        var codes = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (_, source) in Sources("Portal.Core"))
        {
            codes.UnionWith(ReadWords().Matches(source).Select(m => m.Groups["field"].Value + ".unknown"));
            codes.UnionWith(ReadSliceWords().Matches(source).Select(m => $"{m.Groups["slice"].Value}.{m.Groups["field"].Value}"));
            codes.UnionWith(Conditions().Matches(source).Select(m => m.Groups["code"].Value));
        }

        foreach (var (_, source) in Sources("Portal.Core/Audit/Ingest")) codes.UnionWith(Events().Matches(source).Select(m => m.Groups["code"].Value));
        codes.Count.ShouldBeGreaterThan(25);
        codes.Where(code => !Japanese.ContainsKey("problem." + code)).ShouldBeEmpty();
    }

    [Fact]
    public void EveryPhraseOfAConditionsRefusal_HasWords_AndItsListStays()
    {
        var phrases = Sources("Portal.Core/Access/Conditions").SelectMany(s => Phrases().Matches(s.Source)).Select(m => m.Groups["phrase"].Value).ToHashSet(StringComparer.Ordinal);
        phrases.Count.ShouldBeGreaterThan(12);
        // "in" is the word of the language of conditions itself.
        phrases.Where(phrase => phrase != "in" && !Japanese.ContainsKey($"problem.phrase.{phrase}")).ShouldBeEmpty();

        var viewer = new Viewer();
        viewer.UseLanguage("ja");
        Condition.TryParse("environment in", out _, out var wrong).ShouldBeFalse();
        new Text(Catalog, viewer).Problem(wrong.ToField("condition")).ShouldBe("15文字目：末尾 は読み取れません。必要なもの：環境 (development, staging, production, preview)");
    }

    [Fact]
    public void RefusalOfAField_ThatTheApiNames_HasWordsOfTheForm()
    {
        // Parameters of addresses and bodies of programs, which no form has.
        string[] ofPrograms = ["limit.range", "values.range", "audit.values.field", "audit.values.limit", "audit.values.prefix", "audit.treeSize", "quota.readingsCount"];
        var english = Catalog.Of("en");
        var codes = Calls("Portal.Core", Refusals()).Where(c => c.Name is "Invalid" or "FieldError" && c.Arguments.Count > 2 && Literal().IsMatch(c.Arguments[1]) && NamedField().IsMatch(c.Arguments[2]))
            .Select(c => c.Arguments[1].Trim('"')).ToHashSet(StringComparer.Ordinal);
        codes.Count.ShouldBeGreaterThan(50);
        codes.Except(ofPrograms).Where(code => !english.ContainsKey("problem." + code)).ShouldBeEmpty();
        codes.Where(code => english.TryGetValue("problem." + code, out var words) && NamedField().IsMatch($"\"{words}")).ShouldBeEmpty("a form's words begin with no field of the API");
    }

    private static IEnumerable<SourceCall> Calls(string folder, Regex start) => Sources(folder).SelectMany(s => SourceCalls.Of(s.File, s.Source, start));

    private static IEnumerable<(string File, string Source)> Sources(string folder)
    {
        var separator = Path.DirectorySeparatorChar;
        return Directory.EnumerateFiles(Path.Combine(RepositoryFiles.Root, folder), "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains($"{separator}obj{separator}", StringComparison.Ordinal) && !f.Contains($"{separator}Migrations{separator}", StringComparison.Ordinal)).Select(f => (f, File.ReadAllText(f)));
    }

    [GeneratedRegex("""(?:\bProblem\.(?<name>Refused|Conflict|Invalid)|\bnew (?:Kernel\.)?(?<name>FieldError|Problem))\(""", RegexOptions.None, 5000)]
    private static partial Regex Refusals();

    [GeneratedRegex("""\bnew (?<name>SinkFailure|OutboundException)\(""", RegexOptions.None, 1000)]
    private static partial Regex Failures();

    [GeneratedRegex("""^"[^"]*"$""", RegexOptions.None, 1000)]
    private static partial Regex Literal();

    [GeneratedRegex("""^(?:string\.Create\([^,]+,\s*)?\$?"(?:\{(?:field|name|at)\}|[a-z][A-Za-z]*(?:\.[A-Za-z]+)*) (?:is|are|has|holds|names|lies|needs|stays|takes)\b""", RegexOptions.None, 1000)]
    private static partial Regex NamedField();

    [GeneratedRegex("""^Args:\s*\[""", RegexOptions.None, 1000)]
    private static partial Regex Named();

    [GeneratedRegex(@"\{(?<place>\d+)", RegexOptions.None, 1000)]
    private static partial Regex Holes();

    // A code that stands whole at its refusal; "sso.x" of a problem has no second sentence and is none of these.
    [GeneratedRegex("""(?:new SsoRefusal\(|\bnew\()\s*"(?<code>(?:sso|oidc|saml|jose|jwks?)\.[a-zA-Z.]+)",""", RegexOptions.None, 1000)]
    private static partial Regex SignInCodes();

    [GeneratedRegex("""new\(\$"(?<prefix>[a-z.]+)\.\{code\}",""", RegexOptions.None, 1000)]
    private static partial Regex Prefix();

    [GeneratedRegex("""\b(?:Refuse|Algorithm)\(\s*"(?<code>[a-zA-Z.]+)",""", RegexOptions.None, 1000)]
    private static partial Regex OfPrefix();

    [GeneratedRegex("""new\(\$"\{prefix\}\.(?<code>[a-zA-Z.]+)",""", RegexOptions.None, 1000)]
    private static partial Regex OfTokens();

    [GeneratedRegex("""\bWords\.Read\("(?<field>\w+)",""", RegexOptions.None, 1000)]
    private static partial Regex ReadWords();

    [GeneratedRegex("""\bWords\.ReadOf<\w+>\("(?<slice>\w+)", "(?<field>\w+)",""", RegexOptions.None, 1000)]
    private static partial Regex ReadSliceWords();

    [GeneratedRegex("""new ConditionError\([^,]+,\s*"(?<code>[a-zA-Z.]+)",""", RegexOptions.None, 1000)]
    private static partial Regex Conditions();

    [GeneratedRegex("""["](?<phrase>(?:an? |the |weekdays |and, |= or|<=, |public, )[^"{]*?)(?: \(\{[^"]*)?["]""", RegexOptions.None, 1000)]
    private static partial Regex Phrases();

    [GeneratedRegex("""["](?<code>(?:event|json)\.[a-zA-Z.]+)["]""", RegexOptions.None, 1000)]
    private static partial Regex Events();
}
