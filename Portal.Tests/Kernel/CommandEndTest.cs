using System.Runtime.CompilerServices;
using Hexabase.Portal.Audit;
using Hexabase.Portal.Data;
using Hexabase.Portal.Data.PostgreSql;
using Hexabase.Portal.Organizations;
using Hexabase.Portal.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Kernel;

/// <summary>How a command's transaction begins and ends: with its rows, its audit entry and its commit together, or with nothing.</summary>
public sealed class CommandEndTest(TestServer server) : IAsyncLifetime
{
    private readonly TestPortal portal = new(server);

    public async ValueTask InitializeAsync() => await portal.InitializeAsync();

    public async ValueTask DisposeAsync() => await portal.DisposeAsync();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public enum Before
    {
        Nothing,
        ANewRow,
        RowsThatHangOnEachOther,
        AChangedRow,
        AReadAndANewRow,
        ASaveOfItsOwn,
    }

    [Theory]
    [InlineData(Before.Nothing)]
    [InlineData(Before.ANewRow)]
    [InlineData(Before.RowsThatHangOnEachOther)]
    [InlineData(Before.AChangedRow)]
    [InlineData(Before.AReadAndANewRow)]
    [InlineData(Before.ASaveOfItsOwn)]
    public async Task EveryColumnOfTheEntry_IsWritten_WhateverCameBefore(Before before)
    {
        var organization = await portal.CreateOrganizationAsync();
        var (old, made) = (await AddUnitAsync(organization.Id, "old"), Unit(organization.Id, "made"));
        var entry = Entry(organization.Id);
        await using (var open = await portal.Database.OpenCommandAsync(DataScope.Of(organization.Id), Stop))
        {
            await PrepareAsync(open.Db, before, old, made);
            await portal.Database.Engine.EndAsync(open.Db, entry, Stop);
        }

        entry.Position.ShouldBeGreaterThan(0);
        await using var read = await portal.Database.OpenAsync(DataScope.Of(organization.Id), forWriting: true, Stop);
        var (written, expected) = (read.Db.Entry(await read.Db.Set<AuditEntry>().SingleAsync(e => e.Id == entry.Id, Stop)), read.Db.Model.FindEntityType(typeof(AuditEntry)).ShouldNotBeNull());
        foreach (var property in expected.GetProperties())
        {
            var value = property.PropertyInfo.ShouldNotBeNull().GetValue(entry).ShouldNotBeNull($"the test fills {property.Name}");
            written.Property(property.Name).CurrentValue.ShouldBeEquivalentTo(value, property.Name);
        }

        var units = await read.Db.Set<BusinessUnit>().OrderBy(u => u.Slug).ToListAsync(Stop);
        units.ConvertAll(u => u.Slug).ShouldBe(before is Before.Nothing or Before.AChangedRow ? ["old"] : ["made", "old"]);
        units[^1].Name.ShouldBe(before == Before.AChangedRow ? "Changed" : "Unit old");
        if (units.Count < 2) return;
        units[0].ShouldBeEquivalentTo(made);
        (await read.Db.Set<BusinessUnitPlacement>().CountAsync(p => p.BusinessUnitId == made.Id, Stop)).ShouldBe(before == Before.RowsThatHangOnEachOther ? 1 : 0);
    }

    [Fact]
    public async Task Failure_InTheLastRoundTrip_LeavesNothing()
    {
        var mine = await portal.CreateOrganizationAsync("Mine");
        var theirs = await portal.CreateOrganizationAsync("Theirs");

        // Two of one slug; a stale version behind a new row; a row of another organization.
        var twice = await SendAsync(mine, scope =>
        {
            scope.Db.AddRange(Unit(mine.Id, "first"), Unit(mine.Id, "same"), Unit(mine.Id, "same"));
            return Task.CompletedTask;
        });
        var old = await AddUnitAsync(mine.Id, "old");
        var stale = await SendAsync(mine, scope =>
        {
            scope.Db.Add(Unit(mine.Id, "first"));
            var unit = scope.Db.Attach(BusinessUnit.Create(mine.Id, "old", "Unit old", null, DateTime.UnixEpoch)).Entity;
            unit.Change("Changed", null);
            return Task.CompletedTask;
        });
        var foreign = await Should.ThrowAsync<PostgresException>(() => SendAsync(mine, scope =>
        {
            scope.Db.AddRange(Unit(mine.Id, "first"), Unit(theirs.Id, "foreign"));
            return Task.CompletedTask;
        }));

        twice.Problem.ShouldNotBeNull().Code.ShouldBe("conflict.duplicate");
        stale.Problem.ShouldNotBeNull().Code.ShouldBe("version.stale");
        foreign.SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
        await using var read = await portal.Database.OpenAsync(DataScope.Platform, forWriting: false, Stop);
        (await read.Db.Set<BusinessUnit>().ToListAsync(Stop)).ShouldHaveSingleItem().ShouldBeEquivalentTo(old);
        (await read.Db.Set<AuditEntry>().CountAsync(e => e.Action == "businessUnit.test", Stop)).ShouldBe(0);
    }

    [Fact]
    public async Task ConnectionLostBeforeTheEnd_IsAnOutage_AndLeavesNothing()
    {
        var organization = await portal.CreateOrganizationAsync();
        await using var owner = new NpgsqlConnection(portal.ConnectionString);
        await owner.OpenAsync(Stop);
        async Task AddAsync(WriteScope scope, bool lose)
        {
            var backend = await scope.Db.Database.SqlQueryRaw<int>("SELECT pg_backend_pid() AS \"Value\"").SingleAsync(Stop);
            scope.Db.Add(Unit(organization.Id, "lost"));
            if (!lose) return;
            await using var end = new NpgsqlCommand("SELECT pg_terminate_backend($1, 10000)", owner) { Parameters = { new() { Value = backend } } };
            (await end.ExecuteScalarAsync(Stop)).ShouldBe(true);
        }

        var lost = await SendAsync(organization, scope => AddAsync(scope, lose: true));
        var (units, entries) = await CountAsync();
        var again = await SendAsync(organization, scope => AddAsync(scope, lose: false));

        lost.Problem.ShouldNotBeNull().Code.ShouldBe("database.unavailable");
        (units, entries).ShouldBe((0, 0));
        again.Problem.ShouldBeNull();
        (await CountAsync()).ShouldBe((1, 1));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WhatARefusedCommandSent_IsRolledBack_WhicheverStatementCameFirst(bool asPlatform)
    {
        var organization = await portal.CreateOrganizationAsync();
        var old = await AddUnitAsync(organization.Id, "old");

        foreach (var first in new Func<PortalDbContext, Task>[]
        {
            db => db.Set<BusinessUnit>().ExecuteUpdateAsync(u => u.SetProperty(x => x.Name, "Changed"), Stop),
            db => db.Database.ExecuteSqlAsync($"UPDATE business_units SET name = 'Changed'", Stop),
            async db =>
            {
                db.Add(Unit(organization.Id, "new"));
                (await db.SaveChangesAsync(Stop)).ShouldBe(1);
            },
        })
        {
            var result = await portal.Portal.SendAsync(TestPortal.Admin, new Work(organization.Slug, asPlatform, async scope =>
            {
                await first(scope.Db);
                return new Problem(ProblemKind.Refused, "test.refused", "Refused.");
            }), Stop);
            result.Problem.ShouldNotBeNull().Code.ShouldBe("test.refused");
        }

        await using var read = await portal.Database.OpenAsync(DataScope.Of(organization.Id), forWriting: false, Stop);
        (await read.Db.Set<BusinessUnit>().ToListAsync(Stop)).ShouldHaveSingleItem().ShouldBeEquivalentTo(old);
    }

    [Fact]
    public async Task SynchronousFirstStatement_IsRefused_ForItBeginsNoTransaction()
    {
        var organization = await portal.CreateOrganizationAsync();
        await using var open = await portal.Database.OpenCommandAsync(DataScope.Of(organization.Id), Stop);

        Should.Throw<InvalidOperationException>(() => open.Db.Set<BusinessUnit>().ToList()).Message.ShouldContain("asynchronous");
        (await open.Db.Set<Organization>().CountAsync(Stop)).ShouldBe(1);
        open.Db.Set<Organization>().ToList().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task EveryTypeOfRow_HasAStatementThatTheServerTakes()
    {
        await using var owner = new NpgsqlConnection(portal.ConnectionString);
        await owner.OpenAsync(Stop);
        await using var open = await portal.Database.OpenAsync(DataScope.Platform, forWriting: false, Stop);
        var types = open.Db.Model.GetEntityTypes().Where(t => t.GetTableName() is not null && t.GetProperties().All(p => !p.IsShadowProperty() && (p.ValueGenerated == ValueGenerated.Never || p.Name == "Position"))).ToList();
        types.Count.ShouldBeGreaterThan(20);

        foreach (var type in types)
        {
            await using var batch = new NpgsqlBatch(owner) { BatchCommands = { new RowInsert(type, type.FindProperty("Position")).ToBatchCommand(RuntimeHelpers.GetUninitializedObject(type.ClrType)) } };
            batch.BatchCommands[0].CommandText = $"EXPLAIN {batch.BatchCommands[0].CommandText}";
            (await batch.ExecuteScalarAsync(Stop)).ShouldBeOfType<string>().ShouldContain("Insert", customMessage: type.Name);
        }
    }

    private static async Task PrepareAsync(PortalDbContext db, Before before, BusinessUnit old, BusinessUnit made)
    {
        switch (before)
        {
            case Before.ANewRow:
                db.Add(made);
                break;
            case Before.RowsThatHangOnEachOther:
                db.AddRange(new BusinessUnitPlacement { Id = Ids.New(), OrganizationId = made.OrganizationId, BusinessUnitId = made.Id, EffectiveFrom = new DateOnly(2026, 1, 1) }, made);
                break;
            case Before.AChangedRow:
                (await db.Set<BusinessUnit>().SingleAsync(u => u.Id == old.Id, Stop)).Change("Changed", null);
                break;
            case Before.AReadAndANewRow:
                (await db.Set<BusinessUnit>().CountAsync(Stop)).ShouldBe(1);
                db.Add(made);
                break;
            case Before.ASaveOfItsOwn:
                db.Add(made);
                (await db.SaveChangesAsync(Stop)).ShouldBe(1);
                break;
            default:
                break;
        }
    }

    private async Task<(int Units, int Entries)> CountAsync()
    {
        await using var read = await portal.Database.OpenAsync(DataScope.Platform, forWriting: false, Stop);
        return (await read.Db.Set<BusinessUnit>().CountAsync(Stop), await read.Db.Set<AuditEntry>().CountAsync(e => e.Action == "businessUnit.test", Stop));
    }

    private async Task<BusinessUnit> AddUnitAsync(Guid organizationId, string slug)
    {
        await using var open = await portal.Database.OpenAsync(DataScope.Of(organizationId), forWriting: true, Stop);
        var unit = Unit(organizationId, slug);
        open.Db.Add(unit);
        await open.Db.SaveChangesAsync(Stop);
        await open.CommitAsync(Stop);
        return unit;
    }

    private Task<Result<Done>> SendAsync(OrganizationRow organization, Func<WriteScope, Task> work) => portal.Portal.SendAsync(TestPortal.Admin, new Work(organization.Slug, false, async scope =>
    {
        await work(scope);
        return default(Done);
    }), Stop);

    private static BusinessUnit Unit(Guid organizationId, string slug) => BusinessUnit.Create(organizationId, slug, $"Unit {slug}", "Sato", new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc));

    /// <summary>An entry with a value in every column.</summary>
    private static AuditEntry Entry(Guid organizationId)
    {
        var entry = new AuditEntry
        {
            Id = Ids.New(), OrganizationId = organizationId, OccurredAtUtc = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc), RecordedAtUtc = new DateTime(2026, 1, 2, 3, 4, 6, DateTimeKind.Utc),
            ActorKind = "person", UserId = Ids.New(), ActorName = "name", Action = "businessUnit.test", ResourceKind = "kind", ResourceId = "id", ResourceName = "組織 'x'; --", WorkspaceId = Ids.New(),
            Status = AuditStatus.Failure, Reason = "reason", OldValue = "{\"a\":1}", NewValue = "{\"a\":2}", SessionId = Ids.New(), RequestId = "request", OperationId = Ids.New(), ApproverId = Ids.New(),
            Permission = "permission", Scope = "scope", Decision = "{}", Source = "portal", SourceId = "source", RetentionDays = 365, Touched = "[]",
        };
        byte part = 0;
        foreach (var name in Enum.GetValues<AuditPart>()) entry.Set(name, new SealedPart(Ids.New(), [++part, 2, 3], [.. Enumerable.Repeat(part, 32)]));
        return entry;
    }

    private sealed record Work(string Org, bool AsPlatform, Func<WriteScope, Task<Result<Done>>> Does) : Command<Done>
    {
        public override string Action => "businessUnit.test";

        public override Permission? Permission => OrganizationsPermissions.WriteBusinessUnits;

        public override string OrganizationKey => Org;

        public override bool NeedsPlatform => AsPlatform;

        public override Task<Result<Done>> HandleAsync(WriteScope scope, CancellationToken cancellationToken) => Does(scope);
    }
}
