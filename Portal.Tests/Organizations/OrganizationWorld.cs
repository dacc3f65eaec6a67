using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Audit;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Support;
using Hexabase.Portal.Workspaces;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Organizations;

/// <summary>A portal with one organization and its people; what the tests of organizations, workspaces, budgets and audit start from.</summary>
public abstract class OrganizationWorld(TestServer server) : IAsyncLifetime
{
    private OrganizationRow? _organization;

    protected TestPortal World => field ??= new TestPortal(server) { Configure = s => s.Replace(ServiceDescriptor.Singleton<TimeProvider>(Clock)) };

    protected LeapingClock Clock { get; } = new();

    protected OrganizationRow Organization => _organization ?? throw new InvalidOperationException("Not initialized.");

    protected string Org => Organization.Slug;

    protected Actor Admin { get; private set; } = Actor.Anonymous;

    /// <summary>May read organizations, units, workspaces and quotas, nothing else.</summary>
    protected Actor User { get; private set; } = Actor.Anonymous;

    /// <summary>An administrator of another organization.</summary>
    protected Actor Stranger { get; private set; } = Actor.Anonymous;

    public async ValueTask InitializeAsync()
    {
        await World.InitializeAsync();
        _organization = await World.CreateOrganizationAsync();
        var other = await World.CreateOrganizationAsync("Another House");
        Admin = TestPortal.Actor(BuiltInRoles.OrgAdmin, Organization.Id);
        User = TestPortal.Actor(BuiltInRoles.OrgUser, Organization.Id);
        Stranger = TestPortal.Actor(BuiltInRoles.OrgAdmin, other.Id);
    }

    public async ValueTask DisposeAsync()
    {
        await World.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected async Task<T> DoAsync<T>(Command<T> command)
    {
        var result = await World.Portal.SendAsync(Admin, command);
        result.Problem.ShouldBeNull(string.Join("; ", result.Problem?.Errors?.Select(e => e.Message) ?? []));
        return result.Value;
    }

    protected async Task<T> AskAsync<T>(Query<T> query)
    {
        var result = await World.Portal.AskAsync(Admin, query);
        result.Problem.ShouldBeNull();
        return result.Value;
    }

    protected async Task<Problem> RefusedAsync<T>(Command<T> command, Actor? actor = null) =>
        (await World.Portal.SendAsync(actor ?? Admin, command)).Problem.ShouldNotBeNull();

    /// <summary>The three refusals every command has: role, foreign organization, and (by the caller) its own.</summary>
    protected async Task GuardedAsync<T>(Command<T> command)
    {
        (await RefusedAsync(command, User)).Kind.ShouldBe(ProblemKind.Forbidden);
        var foreign = await RefusedAsync(command, Stranger);
        foreign.ShouldBe(Problem.NotFound("organization"));
    }

    protected async Task<BusinessUnitRow> UnitAsync(string name, string? parent = null, string? costCenter = null) => await DoAsync(new CreateBusinessUnit(Org, name, costCenter, parent));

    protected async Task<WorkspaceRow> WorkspaceAsync(string name, string unit) => await DoAsync(new CreateWorkspace(Org, new WorkspaceInput(name, unit, "production")));

    /// <summary>The newest entry of a success of the action.</summary>
    protected async Task<AuditEntry> AuditOfAsync(string action)
    {
        await using var open = await World.Database.OpenAsync(DataScope.Platform, forWriting: false, CancellationToken.None);
        return await open.Db.Set<AuditEntry>().Where(e => e.OrganizationId == Organization.Id && e.Action == action && e.Status == AuditStatus.Success).OrderByDescending(e => e.Position).FirstAsync();
    }
}
