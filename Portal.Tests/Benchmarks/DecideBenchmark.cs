using System.Diagnostics;
using System.Globalization;
using Hexabase.Portal.Access;
using Hexabase.Portal.Access.Conditions;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Access.Rules;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Workspaces;

namespace Hexabase.Portal.Benchmarks;

/// <summary>
/// One decision with 1,000 bindings, each with a condition of its own: spread over places as in an organization, and, the worst there is, all of them at the organization
/// with none that holds. Options: bindings, decisions. Prints figures; asserts nothing.
/// </summary>
public static class DecideBenchmark
{
    public static Task RunAsync(string[] args)
    {
        var bindings = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 1000;
        var decisions = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 200_000;
        var house = Ids.New();
        var unit = Ids.New();
        var workspaces = Enumerable.Range(0, 200).Select(_ => Ids.New()).ToArray();
        var rules = new RuleSet(house, Enumerable.Range(0, 20).Select(i => new CompiledRule(Ids.New(), $"rule {i}", AccessRuleKind.Deny, "*:*", Condition.OfStored($"ip in 203.0.{i}.0/24 and not mfa"))));
        var random = new Random(1);
        var spread = Actor([.. Enumerable.Range(0, bindings).Select(i => (i % 10) switch
        {
            0 => new Grant(Role(i), GrantScope.Organization, house) { Condition = ConditionOf(i) },
            1 => new Grant(Role(i), GrantScope.BusinessUnit, house, unit) { Condition = ConditionOf(i) },
            _ => new Grant(Role(i), GrantScope.Workspace, house, workspaces[random.Next(workspaces.Length)]) { Condition = ConditionOf(i) },
        })]) with { Rules = rules };
        var worst = Actor([.. Enumerable.Range(0, bindings).Select(i => new Grant(BuiltInRoles.OrgAdmin, GrantScope.Organization, house) { Condition = ConditionOf(i) })]) with { Rules = rules };
        var facts = new PlaceFacts(WorkspaceEnvironment.Production, DataClassification.Internal, ["ap-northeast-1"], new Dictionary<string, string> { ["team"] = "payments" }, null);
        Measure("spread over places", spread, i => new AccessTarget(house, [unit], workspaces[i % workspaces.Length]) { Facts = facts }, decisions);
        Measure("all at the organization, none holds", worst, _ => new AccessTarget(house, [unit], workspaces[0]) { Facts = facts }, decisions / 10);
        return Task.CompletedTask;
    }

    private static string Role(int i) => (i % 4) switch { 0 => BuiltInRoles.FinanceViewer, 1 => BuiltInRoles.Developer, 2 => BuiltInRoles.WorkspaceAdmin, _ => BuiltInRoles.TeamLead };

    // Each differs from all others, and none holds.
    private static string ConditionOf(int i) => (i % 4) switch
    {
        0 => $"ip in 10.{i / 250}.{i % 250}.0/24 and mfa",
        1 => $"time in {i % 12:00}:{i % 60:00}-{i % 12:00}:{(i % 60 == 59 ? 0 : i % 60 + 1):00} Asia/Tokyo and label team = \"t{i}\"",
        2 => $"environment in staging and label app = \"a{i}\"",
        _ => $"weekday in sat-sun Asia/Tokyo and label app = \"a{i}\"",
    };

    private static Actor Actor(IReadOnlyList<Grant> grants) => new()
    {
        Kind = ActorKind.Person, Id = Ids.New(), Name = "bench", Grants = grants, IpAddress = "192.0.2.7", MfaAtUtc = DateTime.UnixEpoch, DecidedAtUtc = new DateTime(2026, 3, 4, 13, 30, 0, DateTimeKind.Utc),
    };

    private static void Measure(string name, Actor actor, Func<int, AccessTarget> place, int decisions)
    {
        Permission[] asked = [new("workspaces", "write"), new("costs", "read"), new("people", "write"), new("quotas", "read")];
        var places = Enumerable.Range(0, 200).Select(place).ToArray();
        for (var i = 0; i < 5000; i++) AccessPolicy.Decide(actor, asked[i % asked.Length], places[i % places.Length]);
        var times = new double[decisions];
        var allowed = 0;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < decisions; i++)
        {
            var from = Stopwatch.GetTimestamp();
            if (AccessPolicy.Decide(actor, asked[i % asked.Length], places[i % places.Length]).Allowed) allowed++;
            times[i] = Stopwatch.GetElapsedTime(from).TotalMicroseconds;
        }

        var bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / decisions;
        Array.Sort(times);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name}: {decisions} decisions, {allowed} allowed, p50 {times[decisions / 2]:N2} µs, p95 {times[decisions * 95 / 100]:N2} µs, p99 {times[decisions * 99 / 100]:N2} µs, {bytes} bytes a decision"));
    }
}
