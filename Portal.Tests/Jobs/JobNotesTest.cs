using System.Text.RegularExpressions;
using Hexabase.Portal.Shell;
using Hexabase.Portal.Support;
using Hexabase.Portal.Support.Components;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Jobs;

public sealed partial class JobNotesTest
{
    [Theory]
    [InlineData("en", "12,000 rows, 3,400 rows/s", "12,000 rows, 3,400 rows/s")]
    [InlineData("ja", "12,000 rows, 3,400 rows/s", "12,000行（毎秒3,400行）")]
    [InlineData("ja", "aws-2026-08.csv.gz (3 of 41)", "aws-2026-08.csv.gz（41件中3件目）")]
    [InlineData("ja", "allocating", "費用を配賦しています")]
    [InlineData("ja", "2026-05", "2026-05")]
    public async Task Note_IsInTheViewersWords(string language, string note, string shown)
    {
        await using var context = new ComponentContext(language);
        JobNotes.Of(note, context.Get<Text>(), context.Get<Display>()).ShouldBe(shown);
    }

    [Fact]
    public void EveryNoteOfAJob_HasWords()
    {
        var catalog = TextCatalog.Load(typeof(ShellModule).Assembly).Of("ja");
        var notes = Directory.EnumerateFiles(Path.Combine(RepositoryFiles.Root, "Portal.Core"), "*.cs", SearchOption.AllDirectories).SelectMany(f => Reports().Matches(File.ReadAllText(f))).Select(m => m.Groups["note"].Value).ToList();
        notes.Count.ShouldBeGreaterThan(4);
        notes.Where(note => !catalog.ContainsKey($"job.note.{note}")).ShouldBeEmpty();
    }

    [GeneratedRegex("""ReportAsync\([^,)]+, "(?<note>[^"]+)"\)""", RegexOptions.None, 1000)]
    private static partial Regex Reports();
}
