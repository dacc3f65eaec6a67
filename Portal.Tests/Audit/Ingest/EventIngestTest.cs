using System.Text;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Audit.Log;
using Hexabase.Portal.Audit.Persons;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Audit.Ingest;

public sealed class EventIngestTest(TestPortal world) : IClassFixture<TestPortal>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private Task<Result<IngestReport>> IngestAsync(string org, string source, string body, Actor? actor = null) =>
        world.Services.GetRequiredService<EventIngest>().IngestAsync(actor ?? TestPortal.Admin, org, source, new MemoryStream(Encoding.UTF8.GetBytes(body)), Cancelled);

    private static string Event(string id) => $$"""{"timestamp":"2026-01-02T03:04:05Z","source_id":"{{id}}","action":"door.open","actor":"ann@example.test"}""";

    [Fact]
    public async Task OriginalsAndPersons_AreSealed_AndOpenAgain()
    {
        var organization = await world.CreateOrganizationAsync("Ingest sealed");
        var text = Event("1") + " ";
        (await IngestAsync(organization.Slug, "generic", text)).Value.Accepted.ShouldBe(1);
        await using var open = await world.Database.OpenAsync(DataScope.Of(organization.Id), forWriting: false, Cancelled);
        var entry = await open.Db.Set<AuditEntry>().SingleAsync(e => e.Source == "generic", Cancelled);
        entry.ActorName.ShouldBeNull();
        Encoding.UTF8.GetString(entry.OriginalSealed.ShouldNotBeNull()).ShouldNotContain("ann@");
        var original = await world.Services.GetRequiredService<AuditLogReader>().OriginalAsync(open.Db, organization.Id, entry.Id, Cancelled);
        Encoding.UTF8.GetString(original.ShouldNotBeNull()).ShouldBe(Event("1"));
    }

    [Fact]
    public void ManyPartsInARow_AreSealedAsOne()
    {
        var key = new Persons.PersonKey(Ids.New(), [.. Enumerable.Range(0, 32).Select(i => (byte)i)]);
        using var tools = new SealingTools();
        using var row = key.SealMany(tools);
        foreach (var text in new[] { "", "a", new string('x', 5000) })
        {
            var (entry, content) = (Ids.New(), Encoding.UTF8.GetBytes(text));
            var (one, many) = (key.Seal(entry, AuditPart.Original, content), row.Seal(entry, AuditPart.Original, content));
            many.Commitment.ShouldBe(one.Commitment);
            key.Open(entry, AuditPart.Original, many.Sealed).ShouldBe(content);
        }
    }

    [Fact]
    public async Task EntriesHaveTheOrderOfTheEvents()
    {
        var organization = await world.CreateOrganizationAsync("Ingest order");
        (await IngestAsync(organization.Slug, "generic", string.Join('\n', Enumerable.Range(0, 9000).Select(i => Event($"{i:D5}"))))).Value.Accepted.ShouldBe(9000);
        await using var open = await world.Database.OpenAsync(DataScope.Of(organization.Id), forWriting: false, Cancelled);
        var ids = await open.Db.Set<AuditEntry>().Where(e => e.Source == "generic").OrderBy(e => e.Id).Select(e => e.SourceId).ToListAsync(Cancelled);
        ids.ShouldBe(Enumerable.Range(0, 9000).Select(i => $"{i:D5}"));
        (await open.Db.Set<AuditPending>().CountAsync(p => p.OrganizationId == organization.Id, Cancelled)).ShouldBeGreaterThanOrEqualTo(9000);
    }

    [Fact]
    public async Task ARefusal_IsRecorded_AndNothingIsTaken()
    {
        var organization = await world.CreateOrganizationAsync("Ingest refused");
        (await IngestAsync(organization.Slug, "generic", Event("1"), TestPortal.Actor(BuiltInRoles.FinanceViewer, organization.Id))).Problem.ShouldNotBeNull().Kind.ShouldBe(ProblemKind.Forbidden);
        await using var open = await world.Database.OpenAsync(DataScope.Of(organization.Id), forWriting: false, Cancelled);
        (await open.Db.Set<AuditEntry>().AnyAsync(e => e.Source == "generic", Cancelled)).ShouldBeFalse();
        (await open.Db.Set<AuditEntry>().AnyAsync(e => e.Status == AuditStatus.Failure && e.Permission == "audit:ingest", Cancelled)).ShouldBeTrue();
    }

    [Fact]
    public async Task ABrokenConnection_LosesNothingThatWasAcknowledged_AndTheSameBodyAgainCompletesIt()
    {
        var organization = await world.CreateOrganizationAsync("Ingest broken");
        var body = string.Join('\n', Enumerable.Range(0, 12_000).Select(i => Event($"b{i}")));
        var stream = new Breaking(Encoding.UTF8.GetBytes(body), async () =>
        {
            await using var connection = new NpgsqlConnection(world.ConnectionString);
            await connection.OpenAsync(Cancelled);
            await using var kill = new NpgsqlCommand("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'portal_bulk' AND datname = current_database()", connection);
            await kill.ExecuteNonQueryAsync(Cancelled);
        });
        var broken = await world.Services.GetRequiredService<EventIngest>().IngestAsync(TestPortal.Admin, organization.Slug, "generic", stream, Cancelled);
        broken.Problem.ShouldNotBeNull().Kind.ShouldBe(ProblemKind.Unavailable);
        broken.Problem.RetryAfterSeconds.ShouldNotBeNull();
        var again = (await IngestAsync(organization.Slug, "generic", body)).Value;
        (again.Accepted + again.Duplicates).ShouldBe(12_000);
        await using var open = await world.Database.OpenAsync(DataScope.Of(organization.Id), forWriting: false, Cancelled);
        (await open.Db.Set<AuditEntry>().CountAsync(e => e.Source == "generic", Cancelled)).ShouldBe(12_000);
        (await open.Db.Set<AuditSourceId>().CountAsync(Cancelled)).ShouldBe(12_000);
    }

    [Fact]
    public void TheGate_LetsInSoMany_AndNoMore()
    {
        var gate = world.Services.GetRequiredService<IngestGate>();
        var organization = Ids.New();
        var places = Enumerable.Range(0, 4).Select(_ => gate.TryEnter(organization).ShouldNotBeNull()).ToList();
        gate.TryEnter(organization).ShouldBeNull();
        var other = gate.TryEnter(Ids.New()).ShouldNotBeNull();
        places[0].Dispose();
        places[0].Dispose();
        var again = gate.TryEnter(organization).ShouldNotBeNull();
        gate.TryEnter(organization).ShouldBeNull();
        foreach (var place in places.Append(other).Append(again)) place.Dispose();
        gate.TryEnter(organization).ShouldNotBeNull().Dispose();
    }

    [Fact]
    public async Task TheBulkRole_ReadsNothing_AndWritesIntoItsOrganizationAlone()
    {
        var organization = await world.CreateOrganizationAsync("Ingest role");
        await using var connection = await ((Data.PostgreSql.PostgreSqlEngine)world.Database.Engine).OpenBulkAsync(organization.Id, Cancelled);
        foreach (var sql in new[] { "SELECT * FROM audit_entries", "SELECT * FROM audit_source_ids", "INSERT INTO audit_source_ids (organization_id, hash, recorded_on) VALUES (gen_random_uuid(), gen_random_uuid(), now())", $"COPY audit_entries (organization_id, id) FROM STDIN", "DELETE FROM audit_entries" })
        {
            await using var command = new NpgsqlCommand(sql, connection);
            (await Should.ThrowAsync<PostgresException>(() => command.ExecuteNonQueryAsync(Cancelled))).SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege, sql);
        }
    }

    [Fact]
    public void SqlServerTable_HasTheColumnsOfTheModel()
    {
        using var db = OfflineSqlServer.Open([]);
        var known = db.Model.FindEntityType(typeof(AuditEntry))!.GetProperties().Select(p => p.GetColumnName()).ToHashSet();
        OutsideEntryWriter.Columns.ShouldAllBe(c => known.Contains(c));
        using var table = SqlServerOutsideWriter.MakeTable();
        table.Columns.Count.ShouldBe(OutsideEntryWriter.Columns.Count + 1);
    }

    /// <summary>A body in whose middle something happens.</summary>
    private sealed class Breaking(byte[] bytes, Func<Task> middle) : MemoryStream(bytes)
    {
        private bool _done;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (!_done && Position > Length / 2)
            {
                _done = true;
                await middle();
            }

            return await base.ReadAsync(buffer[..Math.Min(buffer.Length, 16 * 1024)], cancellationToken);
        }
    }
}
