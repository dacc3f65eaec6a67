using System.Reflection;
using Hexabase.Portal.Data.SqlServer;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Data;

/// <summary>Every query of the portal, translated for SQL Server without a server: what EF Core cannot translate there fails here.</summary>
public sealed class SqlServerTranslationTest
{
    public static TheoryData<string> Queries() => [.. typeof(Message).Assembly.GetTypes().Where(t => !t.IsAbstract && !t.IsGenericTypeDefinition && IsQuery(t)).Select(t => t.FullName ?? t.Name).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Queries))]
    public async Task Query_TranslatesForSqlServer(string name)
    {
        var type = typeof(Message).Assembly.GetType(name).ShouldNotBeNull();
        var query = Make(type, 0).ShouldNotBeNull();
        var sent = new List<string>();
        await using var db = OfflineSqlServer.Open(sent);
        await using var services = Services();
        var tenant = new Tenant(db.OrganizationId, "acme", "Acme", "enterprise", "USD", "UTC", 4, false, 1);
        var scope = new ReadScope(db, TestPortal.Admin, tenant, TimeProvider.System, services);
        var handle = type.GetMethod("HandleAsync").ShouldNotBeNull();

        try
        {
            // The place first, as the gateway does it.
            var target = await query.ShouldBeAssignableTo<Message>().ShouldNotBeNull().TargetAsync(scope, TestContext.Current.CancellationToken);
            scope.Place = target.TryGet(out var place, out _) ? place : new AccessTarget(tenant.Id);
            await ((Task?)handle.Invoke(query, [scope, TestContext.Current.CancellationToken])).ShouldNotBeNull();
        }
        catch (InvalidOperationException e) when (e.StackTrace?.Contains("CostDb", StringComparison.Ordinal) == true)
        {
            // Reports speak SQL themselves and need a connection; CostSqlTest holds their text for SQL Server.
        }
        catch (InvalidOperationException e) when (e.GetBaseException() is System.Net.Sockets.SocketException)
        {
            // What a query reads through another connection ends at the server that is not there.
        }

        sent.ShouldAllBe(sql => !sql.Contains("::", StringComparison.Ordinal));
    }

    /// <summary>The slices' own services on a server that is not there: what a query reads beside its own context is not translated here.</summary>
    internal static ServiceProvider Services()
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Audit:KeysDirectory"] = Path.Combine(TestServer.KeysDirectory, "keys"),
            ["Audit:Signing:DataDirectory"] = TestServer.KeysDirectory,
        }).Build());
        services.AddLogging();
        services.AddPortalCore(_ => new SqlServerEngine("Server=none;Database=none;User Id=none;Password=none;Connect Timeout=1", 4, NullLoggerFactory.Instance));
        PortalSlices.Register(services);
        return services.BuildServiceProvider();
    }

    private static bool IsQuery(Type type)
    {
        for (var t = type.BaseType; t is not null; t = t.BaseType)
        {
            if (t.IsGenericType && t.GetGenericTypeDefinition() == typeof(Query<>)) return true;
        }

        return false;
    }

    /// <summary>An instance with plausible arguments, so that every branch that only needs a value is taken.</summary>
    private static object? Make(Type type, int depth)
    {
        var underlying = Nullable.GetUnderlyingType(type) ?? type;
        if (underlying == typeof(string)) return "acme";
        if (underlying == typeof(Guid)) return Guid.Parse("0190a000-0000-7000-8000-000000000002");
        if (underlying == typeof(DateOnly)) return new DateOnly(2026, 11, 20);
        if (underlying == typeof(DateTime)) return new DateTime(2026, 11, 20, 0, 0, 0, DateTimeKind.Utc);
        if (underlying == typeof(PageRequest)) return new PageRequest();
        if (underlying == typeof(bool)) return false;
        if (typeof(Delegate).IsAssignableFrom(underlying)) return null;
        if (underlying.IsPrimitive) return Convert.ChangeType(1, underlying, System.Globalization.CultureInfo.InvariantCulture);
        if (underlying.IsEnum) return Enum.GetValues(underlying).GetValue(0);
        if (underlying == typeof(Amount)) return Amount.FromInteger(1);
        if (type.IsInterface || depth > 4)
        {
            var element = type.IsGenericType ? type.GetGenericArguments()[^1] : null;
            return element is not null && type.IsAssignableFrom(element.MakeArrayType()) ? Array.CreateInstance(element, 0) : null;
        }

        var constructor = type.GetConstructors().Where(c => !(c.GetParameters() is [var only] && only.ParameterType == type)).OrderByDescending(c => c.GetParameters().Length).FirstOrDefault();
        return constructor?.Invoke([.. constructor.GetParameters().Select(p => Nullable.GetUnderlyingType(p.ParameterType) is not null && p.HasDefaultValue ? p.DefaultValue : Make(p.ParameterType, depth + 1))]);
    }
}
