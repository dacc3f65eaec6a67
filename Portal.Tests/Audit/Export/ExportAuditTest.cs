using System.Text;
using System.Text.Json;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;
using DocumentFormat.OpenXml.Validation;
using Hexabase.Portal.Audit.Log;
using Hexabase.Portal.Audit.Search;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Hexabase.Portal.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Audit.Export;

/// <summary>From a real database to the verifier and back: what was exported verifies, what was changed in the database is named.</summary>
public sealed class ExportAuditTest(TestServer server) : OrganizationWorld(server), IAsyncDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("portal-export-");

    private CancellationToken Stop => TestContext.Current.CancellationToken;

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        await DisposeAsync();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task WholeLog_VerifiesAndHoldsTheExportOfBefore()
    {
        await FillAsync(700);
        var (file, summary) = await ExportAsync(new AuditExportRequest());
        summary.Kind.ShouldBe("full");
        summary.Entries.ShouldBe(summary.TreeSize);
        var result = await VerifyAsync(file);
        result.IsValid.ShouldBeTrue(Text(result));
        (result.Entries, result.HeadSize).ShouldBe((summary.Entries, summary.TreeSize));
        result.Keys.ShouldAllBe(k => k.Pinned);
        (await File.ReadAllTextAsync(file, Stop)).ShouldContain("\"actor_name\":");

        await SequenceAsync();
        var found = await AskAsync(new SearchAudit(Org, "action:audit.export"));
        found.Items.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task WindowOfTime_IsExactlyItsEntries()
    {
        await FillAsync(100);
        var middle = DateTime.UtcNow;
        await FillAsync(100);
        var (late, lateSummary) = await ExportAsync(new AuditExportRequest(AfterUtc: middle));
        var (early, earlySummary) = await ExportAsync(new AuditExportRequest(BeforeUtc: middle));
        (await VerifyAsync(late)).IsValid.ShouldBeTrue();
        (await VerifyAsync(early)).IsValid.ShouldBeTrue();
        earlySummary.Kind.ShouldBe("range");
        foreach (var leaf in await LeavesAsync(late)) leaf.GetProperty("timestamp").GetDateTime().ToUniversalTime().ShouldBeGreaterThanOrEqualTo(middle);
        (earlySummary.Entries + lateSummary.Entries).ShouldBeGreaterThanOrEqualTo(200);
        var (none, noneSummary) = await ExportAsync(new AuditExportRequest(BeforeUtc: middle.AddYears(-1)));
        noneSummary.Entries.ShouldBe(0);
        (await VerifyAsync(none)).IsValid.ShouldBeTrue();
    }

    [Fact]
    public async Task FoundEntries_CarryTheirProofs()
    {
        await FillAsync(60);
        await UnitAsync("Only this");
        await SequenceAsync();
        var (file, summary) = await ExportAsync(new AuditExportRequest(Q: "action:businessUnit.*"));
        summary.Kind.ShouldBe("selection");
        summary.Entries.ShouldBeGreaterThan(0);
        var result = await VerifyAsync(file);
        result.IsValid.ShouldBeTrue(Text(result));
        (await LeavesAsync(file)).ShouldAllBe(l => l.GetProperty("action").GetString()!.StartsWith("businessUnit.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task RowChangedInTheDatabase_IsNamed()
    {
        await FillAsync(300);
        await using (var connection = new NpgsqlConnection(World.ConnectionString))
        {
            await connection.OpenAsync(Stop);
            await using var command = new NpgsqlCommand(
                """
                SET session_replication_role = replica;
                UPDATE audit_entries SET action = 'nothing.happened' WHERE id = (SELECT entry_id FROM audit_leaves WHERE organization_id = $1 AND leaf_index = 42)
                """.Replace("$1", $"'{Organization.Id}'", StringComparison.Ordinal), connection);
            await command.ExecuteNonQueryAsync(Stop);
        }

        var (file, _) = await ExportAsync(new AuditExportRequest());
        var finding = (await VerifyAsync(file)).Findings.ShouldHaveSingleItem();
        (finding.Code, finding.Index).ShouldBe(("entry.changed", 42L));
    }

    [Fact]
    public async Task Csv_GuardsFormulas()
    {
        await UnitAsync("=HYPERLINK(\"http://x\",\"y\"), \"q\"");
        await SequenceAsync();
        var (file, summary) = await ExportAsync(new AuditExportRequest(Format: "csv"));
        var text = await File.ReadAllTextAsync(file, Stop);
        text.ShouldStartWith("timestamp,recorded_at,tenant_id,id,index,user_id,actor_name");
        text.ShouldContain("\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\"), \"\"q\"\"\"");
        summary.Entries.ShouldBe(summary.TreeSize);
    }

    [Fact]
    public async Task Xlsx_IsAWorkbookWithOneRowAnEntry_TextStaysText_AndWhatIsCutIsNamed()
    {
        await UnitAsync("=1+1 <&> _x0041_ 財務");
        await SequenceAsync();
        var (file, summary) = await ExportAsync(new AuditExportRequest(Format: "xlsx"));
        using var document = SpreadsheetDocument.Open(file, false);
        new OpenXmlValidator().Validate(document, Stop).Select(e => e.Description).ShouldBeEmpty();
        var rows = document.WorkbookPart!.WorksheetParts.Single().Worksheet.Descendants<Row>().Select(r => r.Elements<Cell>().ToList()).ToList();
        rows.Count.ShouldBe((int)summary.Entries + 1);
        var names = rows[0].ConvertAll(c => c.InnerText);
        names[0].ShouldBe("timestamp");
        names[^1].ShouldBe("cut_columns");
        rows.ShouldAllBe(r => r.Count == names.Count && r.TrueForAll(c => c.CellFormula == null));
        rows.Select(r => r[names.IndexOf("resource_name")].InnerText).ShouldContain("=1+1 <&> _x005F_x0041_ 財務");
        rows.Skip(1).Select(r => r[names.IndexOf("index")].InnerText).ShouldBe(Enumerable.Range(0, (int)summary.Entries).Select(i => $"{i}"));
    }

    [Fact]
    public async Task Xlsx_MoreThanASheetHolds_IsRefusedBeforeAnythingIsQueuedOrWritten()
    {
        await using var small = World.Build(World.ConnectionString, services => services.AddSingleton(Options.Create(new AuditExportOptions { SheetRows = 5 })));
        var portal = small.GetRequiredService<IPortal>();
        for (var i = 0; i < 6; i++) await UnitAsync($"Unit {i}");
        await SequenceAsync();
        var refused = (await portal.SendAsync(Admin, new StartAuditExport(Org, new AuditExportRequest(Format: "xlsx")), Stop)).Problem.ShouldNotBeNull();
        (refused.Kind, refused.Code).ShouldBe((ProblemKind.Refused, "audit.export.sheetRows"));
        refused.Message.ShouldContain("export as CSV");
        (await portal.AskAsync(Admin, new ExportAudit(Org, new AuditExportRequest(Format: "xlsx"), _ => throw new InvalidOperationException("opened")), Stop)).Problem.ShouldNotBeNull().Code.ShouldBe("audit.export.sheetRows");
        using var file = new MemoryStream();
        var narrower = new AuditExportRequest(Q: "action:businessUnit.create resource:\"Unit 1\",\"Unit 2\",\"Unit 3\",\"Unit 4\"", Format: "xlsx");
        (await portal.AskAsync(Admin, new ExportAudit(Org, narrower, _ => file), Stop)).Value.Entries.ShouldBe(4);
        (await portal.AskAsync(Admin, new ExportAudit(Org, new AuditExportRequest(Format: "csv"), _ => file), Stop)).Succeeded.ShouldBeTrue();
    }

    [Theory]
    [InlineData("cef", "CEF:0|")]
    [InlineData("ocsf", "{")]
    public async Task FormatsOfOtherSystems_HaveOneLineAnEntry(string format, string start)
    {
        await SequenceAsync();
        var (file, summary) = await ExportAsync(new AuditExportRequest(Format: format));
        var lines = await File.ReadAllLinesAsync(file, Stop);
        lines.Length.ShouldBe((int)summary.Entries);
        lines.ShouldAllBe(l => l.StartsWith(start, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Refusals_WriteNothing()
    {
        await SequenceAsync();
        (await World.Portal.AskAsync(User, new ExportAudit(Org, new AuditExportRequest(), _ => throw new InvalidOperationException("opened")), Stop)).Problem.ShouldNotBeNull().Kind.ShouldBe(ProblemKind.Forbidden);
        (await World.Portal.AskAsync(Stranger, new ExportAudit(Org, new AuditExportRequest(), _ => throw new InvalidOperationException("opened")), Stop)).Problem.ShouldNotBeNull().Kind.ShouldBe(ProblemKind.NotFound);
        (await World.Portal.AskAsync(Admin, new ExportAudit(Org, new AuditExportRequest(Format: "pdf"), _ => throw new InvalidOperationException("opened")), Stop)).Problem.ShouldNotBeNull().Code.ShouldBe("audit.export.format");
    }

    [Fact]
    public async Task Job_LeavesAFileThatVerifies()
    {
        await FillAsync(30);
        var started = await DoAsync(new StartAuditExport(Org, new AuditExportRequest()));
        JobRow job;
        do
        {
            await Task.Delay(50, Stop);
            job = await AskAsync(new GetJob(started.JobId));
        }
        while (job.EndedAtUtc is null);

        job.State.ShouldBe(JobState.Succeeded, job.Errors);
        var file = await AskAsync(new GetAuditExportFile(Org, started.JobId));
        file.FileName.ShouldEndWith(".jsonl");
        (await VerifyAsync(file.Path)).IsValid.ShouldBeTrue();
        File.Delete(file.Path);
    }

    private async Task FillAsync(int count)
    {
        await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Stop }, async (_, stop) =>
            (await World.Portal.AskAsync(Admin, new GetAuditEntry(Org, Guid.Empty), stop)).Problem.ShouldNotBeNull());
        await SequenceAsync();
    }

    private Task SequenceAsync() => World.Services.GetRequiredService<AuditSequencer>().DrainAsync(Stop);

    private async Task<(string File, AuditExportSummary Summary)> ExportAsync(AuditExportRequest request)
    {
        var path = Path.Combine(_directory.FullName, $"{Ids.New():N}.out");
        await using var stream = File.Create(path);
        return (path, await AskAsync(new ExportAudit(Org, request, _ => stream)));
    }

    private async Task<VerificationResult> VerifyAsync(string file)
    {
        var keys = (await AskAsync(new ListAuditKeys(Org))).Select(k => k.PublicKeyPem).ToList();
        return await BundleVerifier.VerifyAsync(new VerificationRequest([file], [], keys), null, Stop);
    }

    private async Task<List<JsonElement>> LeavesAsync(string file)
    {
        var leaves = new List<JsonElement>();
        foreach (var line in await File.ReadAllLinesAsync(file, Encoding.UTF8, Stop))
        {
            var json = JsonDocument.Parse(line).RootElement;
            if (json.GetProperty("type").GetString() == "entry") leaves.Add(json.GetProperty("leaf"));
        }

        return leaves;
    }

    private static string Text(VerificationResult result) => string.Join('\n', result.Findings.Select(f => $"{f.Line} {f.Code} {f.Message}"));
}
