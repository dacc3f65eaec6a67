using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Data;
using Hexabase.Portal.Data.PostgreSql;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Support;

/// <summary>The portal's core on a database of its own: what command and query tests talk to. One per test class, by <c>IClassFixture</c>.</summary>
public sealed class TestPortal(TestServer server) : IAsyncLifetime
{
    private ServiceProvider? _services;

    public IServiceProvider Services => _services ?? throw new InvalidOperationException("The test portal has not started.");

    public IPortal Portal => Services.GetRequiredService<IPortal>();

    public PortalDatabase Database => Services.GetRequiredService<PortalDatabase>();

    /// <summary>Further services of a test, such as a job handler.</summary>
    public Action<IServiceCollection> Configure { get; init; } = _ => { };

    /// <summary>The owner's connection string of this portal's database.</summary>
    public string ConnectionString { get; private set; } = "";

    /// <summary>A service administrator.</summary>
    public static Actor Admin { get; } = Actor(BuiltInRoles.ServiceAdmin, null);

    public async ValueTask InitializeAsync()
    {
        await server.EnsureTemplateAsync("portal", MigrateAsync);
        ConnectionString = await server.CreateDatabaseAsync("portal");
        _services = Build(ConnectionString);
        await _services.GetRequiredService<JobRunner>().StartAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (_services is null) return;
        await _services.GetRequiredService<JobRunner>().StopAsync(CancellationToken.None);
        await _services.DisposeAsync();
    }

    /// <summary>A person with one role in one organization (or, for null, on the platform).</summary>
    public static Actor Actor(string role, Guid? organizationId) => new()
    {
        Kind = ActorKind.Person,
        Id = Ids.New(),
        Name = $"{role}@example.test",
        Grants = [new Grant(role, organizationId is null ? GrantScope.Platform : GrantScope.Organization, organizationId)],
        RequestId = Ids.Brief(),
        IpAddress = "192.0.2.7",
    };

    public async Task<OrganizationRow> CreateOrganizationAsync(string name = "Aoyama Financial Group", string currency = "USD")
    {
        var result = await Portal.SendAsync(Admin, new CreateOrganization(new OrganizationInput(name, "enterprise", currency, "Asia/Tokyo", 4)));
        result.Problem.ShouldBeNull();
        return result.Value;
    }

    /// <summary>Another portal process on the same database: a second replica.</summary>
    public ServiceProvider Build(string connectionString, Action<IServiceCollection>? configure = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Audit:KeysDirectory"] = Path.Combine(TestServer.KeysDirectory, "keys"),
            ["Audit:Signing:DataDirectory"] = TestServer.KeysDirectory,
            ["Audit:ArchiveDirectory"] = Path.Combine(TestServer.KeysDirectory, "archives"),
        }).Build());
        services.AddLogging();
        services.AddPortalCore(_ => new PostgreSqlEngine(connectionString, null, 30, NullLoggerFactory.Instance));
        PortalSlices.Register(services);
        Configure(services);
        configure?.Invoke(services);
        return services.BuildServiceProvider();
    }

    private async Task MigrateAsync(string connectionString)
    {
        await using var services = Build(connectionString);
        await services.GetRequiredService<Migrator>().MigrateAsync(CancellationToken.None);
    }
}
