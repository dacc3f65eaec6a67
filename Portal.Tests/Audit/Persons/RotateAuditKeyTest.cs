using System.Security.Cryptography;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Audit.Search;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Hexabase.Portal.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Audit.Persons;

/// <summary>The master key is exchanged under a log that is read and written meanwhile.</summary>
public sealed class RotateAuditKeyTest(TestServer server) : OrganizationWorld(server), IAsyncDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("portal-master-");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        await DisposeAsync();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task EveryKeyIsWrappedAnew_BothAreReadMeanwhile_AndTheOldOneIsNeededNoMore()
    {
        await DoAsync(new CreateBusinessUnit(Org, "Owned", Owner: "taro.yamada@example.test"));
        var gone = TestPortal.Actor(BuiltInRoles.OrgAdmin, Organization.Id);
        (await World.Portal.SendAsync(gone, new CreateBusinessUnit(Org, "By the erased"))).Problem.ShouldBeNull();
        (await World.Portal.SendAsync(Admin, new ErasePerson(Org, gone.Id, null, "Request 3"))).Problem.ShouldBeNull();
        var old = World.Services.GetRequiredService<AuditMasterKey>();
        var (oldFile, nextFile) = (Write("old", OldKey), Write("next", old.MakeNext()));

        await using (var both = Replica(nextFile, oldFile))
        {
            var persons = both.GetRequiredService<AuditPersons>();
            (await persons.FitsAsync(World.Database, Stop)).ShouldBeTrue();
            both.GetRequiredService<AuditMasterKey>().ReferenceOf("Taro.Yamada@example.test").ShouldBe(old.ReferenceOf("taro.yamada@EXAMPLE.test"));
            var portal = both.GetRequiredService<IPortal>();
            (await portal.AskAsync(Admin, new SearchAudit(Org, "action:businessUnit.create owned"), Stop)).Value.Items.ShouldHaveSingleItem().ActorName.ShouldBe(Admin.Name);
            // A person of after the change of settings, under the new key from the first.
            (await portal.SendAsync(TestPortal.Actor(BuiltInRoles.OrgAdmin, Organization.Id), new CreateBusinessUnit(Org, "New person"), Stop)).Problem.ShouldBeNull();

            var outcome = await RunAsync(both);
            var result = outcome.Result.ShouldBeOfType<AuditKeyRotationResult>();
            result.Rewrapped.ShouldBeGreaterThan(1);
            result.Current.ShouldBeGreaterThan(0);
            (await RunAsync(both)).Result.ShouldBe(new AuditKeyRotationResult(0, result.Rewrapped + result.Current), "a second run has nothing left to do");
        }

        await using (var alone = Replica(nextFile))
        {
            (await alone.GetRequiredService<AuditPersons>().FitsAsync(World.Database, Stop)).ShouldBeTrue();
            var portal = alone.GetRequiredService<IPortal>();
            var rows = (await portal.AskAsync(Admin, new SearchAudit(Org, "action:businessUnit.create"), Stop)).Value.Items;
            rows.Single(r => r.ResourceName == "Owned").ShouldSatisfyAllConditions(r => r.ActorName.ShouldBe(Admin.Name), r => r.NewValue!.Value.GetProperty("owner").GetString().ShouldBe("taro.yamada@example.test"));
            rows.Single(r => r.ResourceName == "By the erased").ShouldSatisfyAllConditions(r => r.ActorName.ShouldBeNull(), r => r.PersonErased.ShouldBeTrue());
            (await portal.SendAsync(Admin, new ErasePerson(Org, null, "taro.yamada@example.test", "Request 4"), Stop)).Value.KeysErased.ShouldBe(1, "names are looked up as before");
        }

        await using var before = Replica(oldFile);
        (await before.GetRequiredService<AuditPersons>().FitsAsync(World.Database, Stop)).ShouldBeFalse();
    }

    [Fact]
    public async Task ForeignKey_IsNamed_AndNothingIsLost()
    {
        await UnitAsync("Something");
        var old = World.Services.GetRequiredService<AuditMasterKey>();
        await using (var foreign = Replica(Write("foreign", old.MakeNext()), Write("second", old.MakeNext())))
        {
            (await foreign.GetRequiredService<AuditPersons>().FitsAsync(World.Database, Stop)).ShouldBeFalse();
            var outcome = await RunAsync(foreign);
            outcome.State.ShouldBe(JobState.Failed);
            outcome.Errors.ShouldNotBeNull().ShouldHaveSingleItem().Code.ShouldBe("audit.masterKey.foreign");
        }

        (await AskAsync(new SearchAudit(Org, "action:businessUnit.create"))).Items.ShouldHaveSingleItem().ActorName.ShouldBe(Admin.Name);
    }

    [Fact]
    public void KeyThatDoesNotBelongToThePreviousOne_IsRefused()
    {
        string Fresh() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        var complaint = Should.Throw<InvalidOperationException>(() => new AuditMasterKey(Settings(Write("a", Fresh()), Write("b", Fresh()))));
        complaint.Message.ShouldContain("rotate-audit-key --make");
        Should.Throw<InvalidOperationException>(() => new AuditMasterKey(Settings(Write("c", "AAAA"), []))).Message.ShouldContain("base64");
        Should.Throw<InvalidOperationException>(() => new AuditMasterKey(Settings(Write("d", Fresh()), Path.Combine(_directory.FullName, "missing")))).Message.ShouldContain("missing");
    }

    [Fact]
    public async Task Command_NeedsThePlatform_AndAPreviousKey()
    {
        (await RefusedAsync(new RotateAuditKey())).Kind.ShouldBe(ProblemKind.Forbidden);
        var refused = await RefusedAsync(new RotateAuditKey(), TestPortal.Admin);
        (refused.Kind, refused.Code).ShouldBe((ProblemKind.Conflict, "audit.masterKey.noPrevious"));
        await using var both = Replica(Write("next", World.Services.GetRequiredService<AuditMasterKey>().MakeNext()), Write("old", OldKey));
        var portal = both.GetRequiredService<IPortal>();
        var job = (await portal.SendAsync(TestPortal.Admin, new RotateAuditKey(), Stop)).Value;
        await using var open = await World.Database.OpenAsync(DataScope.Platform, forWriting: false, Stop);
        (await open.Db.Set<AuditEntry>().SingleAsync(e => e.Action == "audit.rotateKey" && e.Status == AuditStatus.Success, Stop)).ResourceId.ShouldBe(job.ToString());
        (await open.Db.Set<Job>().SingleAsync(j => j.Id == job, Stop)).Kind.ShouldBe(AuditKeyRotationJob.Kind);
    }

    private static string OldKey => File.ReadAllText(Path.Combine(TestServer.KeysDirectory, "keys", "audit-master.key"));

    private string Write(string name, string text)
    {
        var file = Path.Combine(_directory.FullName, name);
        File.WriteAllText(file, text);
        return file;
    }

    private static IOptions<AuditOptions> Settings(string current, params string[] previous) => Options.Create(new AuditOptions { MasterKeyFile = current, PreviousMasterKeyFiles = previous });

    private ServiceProvider Replica(string current, params string[] previous) =>
        World.Build(World.ConnectionString, services => services.AddSingleton(_ => new AuditMasterKey(Settings(current, previous))));

    private static Task<JobOutcome> RunAsync(ServiceProvider replica)
    {
        var handler = ActivatorUtilities.CreateInstance<AuditKeyRotationJob>(replica);
        var job = Job.Queue(Guid.Empty, AuditKeyRotationJob.Kind, "", "{}", TestPortal.Admin, DateTime.UtcNow);
        return handler.RunAsync(new JobContext(job, null, (_, _) => Task.CompletedTask), Stop);
    }
}
