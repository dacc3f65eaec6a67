using System.Diagnostics;
using System.Globalization;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Data;
using Hexabase.Portal.Data.Embedded;
using Hexabase.Portal.Data.PostgreSql;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Hexabase.Portal.Benchmarks;

/// <summary>Commands with their audit rows through the gateway, beside the same two rows written by bare Npgsql: same connections, same transactions, durability on, row-level security on.</summary>
public static class CommandBenchmark
{
    private sealed record AddUnit(string Org, string Name) : Command<Guid>
    {
        public override string Action => "businessUnit.create";

        public override Permission? Permission => OrganizationsPermissions.WriteBusinessUnits;

        public override string OrganizationKey => Org;

        public override Task<Result<Guid>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
        {
            var unit = BusinessUnit.Create(scope.OrganizationId, Ids.New().ToString("N"), Name, null, scope.NowUtc);
            scope.Db.Add(unit);
            scope.Audit("businessUnit", unit.Id, unit.Name);
            scope.Touch(LiveTopic.BusinessUnits, unit.Id, 1);
            return Task.FromResult<Result<Guid>>(unit.Id);
        }
    }

    public static async Task RunAsync(string[] args)
    {
        var writers = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 50;
        var seconds = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 8;
        var directory = Path.Combine(Path.GetTempPath(), $"portal-bench-{Environment.ProcessId}");
        await using var postgres = await EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions { DataDirectory = directory }, NullLogger.Instance, CancellationToken.None);
        var connectionString = postgres.ConnectionString("portal_owner", "postgres");
        await using var services = Build(connectionString, writers);
        await services.GetRequiredService<Migrator>().MigrateAsync(CancellationToken.None);
        var portal = services.GetRequiredService<IPortal>();
        var admin = new Actor { Kind = ActorKind.Person, Id = Ids.New(), Name = "bench", Grants = [new Grant(BuiltInRoles.ServiceAdmin, GrantScope.Platform, null)] };
        var organization = (await portal.SendAsync(admin, new CreateOrganization(new OrganizationInput("Bench", "enterprise", "USD", "UTC", 1)))).Value;

        var builder = new NpgsqlConnectionStringBuilder(connectionString) { Username = PostgreSqlEngine.AppRole, MaxPoolSize = writers, MaxAutoPrepare = 20, NoResetOnClose = true };
        await using var source = NpgsqlDataSource.Create(builder.ConnectionString);
        var cluster = Directory.GetFiles(directory, "postmaster.pid", SearchOption.AllDirectories).Single();
        var server = int.Parse((await File.ReadAllLinesAsync(cluster))[0], CultureInfo.InvariantCulture);
        for (var round = 0; round <= 3; round++)
        {
            var before = await CountAsync(connectionString);
            var (bare, through) = (new Spent(), new Spent());
            // By turns of a second, so that both meet the same neighbours on the machine and tables of the same size.
            for (var turn = 0; turn < seconds; turn++)
            {
                await MeasureAsync(bare, server, writers, Bare(source, organization.Id));
                await MeasureAsync(through, server, writers, _ => async () => (await portal.SendAsync(admin, new AddUnit(organization.Slug, "Bench unit"))).Value.GetHashCode());
            }

            var after = await CountAsync(connectionString);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{(round == 0 ? "warm-up" : $"round {round}")}: gateway {through}   bare {bare}   ratio {through.PerSecond / bare.PerSecond:F2}   audit rows {after.Audit - before.Audit}, units {after.Units - before.Units} for {through.Count + bare.Count} commands"));
        }

        await postgres.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    private static ServiceProvider Build(string connectionString, int writers)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(BareAuditEntry.Settings());
        services.AddLogging();
        services.AddPortalCore(_ => new PostgreSqlEngine(connectionString, null, writers, NullLoggerFactory.Instance));
        PortalSlices.Register(services);
        return services.BuildServiceProvider();
    }

    private sealed class Spent
    {
        public long Count { get; set; }

        public double Seconds { get; set; }

        public double Client { get; set; }

        public double Server { get; set; }

        public double PerSecond => Count / Seconds;

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{PerSecond,6:N0}/s ({Client * 1e6 / Count:N0} + {Server * 1e6 / Count:N0} us CPU)");
    }

    private static async Task MeasureAsync(Spent spent, int server, int writers, Func<int, Func<Task>> writer)
    {
        var (client, behind, from) = (Environment.CpuUsage.TotalTime, ServerCpu.Read(server), Stopwatch.GetTimestamp());
        var until = from + Stopwatch.Frequency;
        var counts = await Task.WhenAll(Enumerable.Range(0, writers).Select(i => Task.Run(async () =>
        {
            var write = writer(i);
            long count = 0;
            while (Stopwatch.GetTimestamp() < until)
            {
                await write();
                count++;
            }

            return count;
        })));
        spent.Seconds += Stopwatch.GetElapsedTime(from).TotalSeconds;
        spent.Client += (Environment.CpuUsage.TotalTime - client).TotalSeconds;
        spent.Server += ServerCpu.Read(server) - behind;
        spent.Count += counts.Sum();
    }

    private static Func<int, Func<Task>> Bare(NpgsqlDataSource source, Guid organization)
    {
        return _ => async () =>
        {
            await using var connection = await source.OpenConnectionAsync();
            await using var transaction = await connection.BeginTransactionAsync();
            await using (var enter = new NpgsqlCommand("SELECT set_config('portal.organization', $1, true)", connection) { Parameters = { new() { Value = organization.ToString() } } })
                await enter.ExecuteNonQueryAsync();
            var now = TimeProvider.System.GetUtcNow().UtcDateTime;
            var id = Ids.New();
            await using var batch = new NpgsqlBatch(connection)
            {
                BatchCommands =
                {
                    new("INSERT INTO business_units (id, organization_id, slug, name, is_archived, created_at_utc, version) VALUES ($1, $2, $3, $4, false, $5, 1)")
                    {
                        Parameters = { new() { Value = id }, new() { Value = organization }, new() { Value = id.ToString("N") }, new() { Value = "Bench unit" }, new() { Value = now } },
                    },
                    BareAuditEntry.Insert("audit_entries", organization, now, id),
                },
            };
            await batch.ExecuteNonQueryAsync();
            await transaction.CommitAsync();
        };
    }

    private static async Task<(long Audit, long Units)> CountAsync(string connectionString)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT (SELECT count(*) FROM audit_entries), (SELECT count(*) FROM business_units)", connection);
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        return (reader.GetInt64(0), reader.GetInt64(1));
    }
}
