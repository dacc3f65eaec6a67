using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Access.Scim;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Support;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Scim;

public sealed class ScimSearchTest
{
    [Theory]
    [InlineData("userName eq \"a\" or displayName co \"b\"", "user_name_key")]
    [InlineData("not (externalId sw \"x\") and active eq true", "is_active")]
    [InlineData("emails[type eq \"work\" and value ew \"x\"]", "scim_emails")]
    [InlineData("meta.lastModified gt \"2026-01-01T00:00:00Z\" and id eq \"0190a000-0000-7000-8000-000000000002\"", "modified_at_utc")]
    [InlineData("groups.value eq \"0190a000-0000-7000-8000-000000000002\"", "access_group_members")]
    public async Task IndexedAttributes_AreAskedOfTheDatabaseOnBothEngines(string filter, string column)
    {
        var sent = new List<string>();
        await using var db = OfflineSqlServer.Open(sent);
        await using var services = new ServiceCollection().BuildServiceProvider();
        var tenant = new Tenant(db.OrganizationId, "acme", "Acme", "enterprise", "USD", "UTC", 4, false, 1);
        var scope = new ReadScope(db, TestPortal.Actor(BuiltInRoles.ServiceAdmin, null), tenant, TimeProvider.System, services);
        (await new ListScimUsers("acme", new ScimParameters(filter, SortBy: "userName"), "").HandleAsync(scope, TestContext.Current.CancellationToken)).Problem.ShouldBeNull();
        sent[0].ShouldContain(column);
    }

    [Fact]
    public void OrWithAnUnindexedAttribute_LooksAtEverybody()
    {
        using var db = OfflineSqlServer.Open([]);
        ScimUserSearch.Of(db, ScimFilterParser.Parse("userName eq \"a\" or title pr", ScimSchemas.Users)).Where.ShouldBeNull();
        var narrowed = ScimUserSearch.Of(db, ScimFilterParser.Parse("userName eq \"a\" and title pr", ScimSchemas.Users));
        narrowed.Where.ShouldNotBeNull();
        narrowed.IsExact.ShouldBeFalse();
    }
}
