using System.Text.RegularExpressions;
using Hexabase.Portal.Support;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Architecture;

/// <summary>
/// The few places that reach beyond one organization, each with its reason. Everything else goes through the gateway, which confines it. A new place fails
/// here until somebody has written down why it must reach that far and what keeps it from answering one organization with another's rows.
/// </summary>
public sealed partial class PlatformReachTest
{
    /// <summary>Whole-platform contexts, opened without the gateway.</summary>
    private static readonly Dictionary<string, string> PlatformScope = new(StringComparer.Ordinal)
    {
        ["Portal.Core/Kernel/PortalGateway.cs"] = "the gateway: messages of the platform, after its decision on access, with an audit entry",
        ["Portal.Core/Kernel/LiveRelay.cs"] = "carries what was touched, by organization, to other replicas",
        ["Portal.Core/Kernel/JobRunner.cs"] = "takes the next job of any organization, then runs it in that organization's scope",
        ["Portal.Core/Kernel/JobRunner.Sweep.cs"] = "finds jobs that a dead replica left",
        ["Portal.Core/Kernel/JobRunner.Ending.cs"] = "ends a job in its organization's scope; a job of the platform has none",
        ["Portal.Core/Access/PasswordSignIn.cs"] = "accounts belong to no organization", ["Portal.Core/Access/SessionDirectory.cs"] = "sessions belong to no organization",
        ["Portal.Core/Access/TokenDirectory.cs"] = "a token is found by its hash before its organization is known", ["Portal.Core/Access/StoredActor.cs"] = "the same for who started a job",
        ["Portal.Core/Access/DataProtectionKeyStore.cs"] = "keys of the installation", ["Portal.Core/Access/IdempotencyStore.cs"] = "keyed by the actor and the hash of their request",
        ["Portal.Core/Access/Sso/SsoReplayStore.cs"] = "a message of a provider is used once by anybody",
        ["Portal.Core/Access/Factors/PasskeyStore.cs"] = "passkeys belong to accounts, which belong to no organization", ["Portal.Core/Access/Factors/SecondFactorSignIn.cs"] = "accounts and pending sign-ins belong to no organization",
        ["Portal.Core/Access/Sso/Entry/SsoDoors.cs"] = "finds the connection for an address before its organization is known; answers none of its settings to the browser",
        ["Portal.Core/Access/Sso/Entry/SsoSessionGrants.cs"] = "narrows a session to the organization of its connection; takes away only", ["Portal.Core/Access/Sso/Connections/SsoAttempts.cs"] = "removes attempts that are too old",
        ["Portal.Core/Access/Sso/Connections/SsoEnforcing.cs"] = "the last sign-in of the organization's own members; sessions belong to no organization",
        ["Portal.Core/Access/Scim/ScimRequestLog.cs"] = "writes for several organizations at once; each row names its own", ["Portal.Core/Access/Scim/ScimRequests.cs"] = "a trial that is rolled back; access was decided by the gateway",
        ["Portal.Core/Integrations/Siem/Delivery/SinkLedger.cs"] = "lists the sinks that there are to deliver to; each is delivered in its organization's scope",
        ["Portal.Core/Costs/Imports/CostImportSpool.cs"] = "files on this disk whose import is gone", ["Portal.Core/Costs/Imports/CostImportJob.cs"] = "removes what a failed import left, by the import's id; requests may not delete lines",
        ["Portal.Core/Data/DatabaseState.cs"] = "asks the time", ["Portal.Core/Data/SqlServer/SqlServerEngine.cs"] = "migrations", ["Portal.Core/Data/DataScope.cs"] = "its definition",
        ["Portal.Core/Audit/Log/AuditSequencer.cs"] = "gives entries of all organizations their places", ["Portal.Core/Audit/Log/SequencerLease.cs"] = "one sequencer of all replicas",
        ["Portal.Core/Audit/Persons/AuditKeyRotationJob.cs"] = "wraps the keys of all persons anew; reads no name", ["Portal.Core/Audit/Ingest/IngestGate.cs"] = "counts what waits on the whole platform",
        ["Portal.Core/Audit/Retention/AuditArchives.cs"] = "owner of the job: an organization or the platform", ["Portal.Core/Audit/Retention/AuditMaintenance.cs"] = "makes partitions, starts due expiries",
        ["Portal.Core/Audit/Retention/AuditRetention.cs"] = "the class of an entry about to be written, by its organization", ["Portal.Core/Audit/Retention/ExpireAudit.cs"] = "owner of the job: an organization or the platform",
        ["Portal.Core/Audit/Search/AuditIndexWriter.cs"] = "indexes entries of all organizations into each one's index", ["Portal.Core/Audit/Search/AuditIndexer.cs"] = "finds what is to be indexed",
        ["Portal.Core/Audit/Reads/ReadCounter.cs"] = "writes counters of several organizations at once; each row names its own", ["Portal.Core/Audit/Persons/AuditErasureJob.cs"] = "owner of the job: an organization or the platform",
        ["Portal.Core/Audit/Persons/AuditPersons.cs"] = "the key of a person, by the organization of the entry", ["Portal.Core/Audit/Export/ExportAudit.cs"] = "owner of the log: an organization or the platform",
        ["Portal.Core/Organizations/OrganizationDirectory.cs"] = "finds the organization before anything is confined to it; tells those who reach it alone",
    };

    /// <summary>Commands that run as the platform's role because accounts and sessions change with them; access is decided at the organization.</summary>
    private static readonly HashSet<string> NeedsPlatform = new(StringComparer.Ordinal)
    {
        "Portal.Core/Access/Scim/HeldChanges.cs", "Portal.Core/Access/Scim/WriteScimUser.cs", "Portal.Core/Kernel/PortalGateway.cs", "Portal.Core/Kernel/Messages.cs",
        "Portal.Core/Access/PasswordResets.cs", "Portal.Core/Access/RotateToken.cs", "Portal.Core/Access/Policies/MemberSessions.cs", "Portal.Core/Access/Policies/SetSessionPolicy.cs", "Portal.Core/Access/Factors/FinishSignIn.cs",
        "Portal.Core/Access/Sso/Entry/ArriveBySso.cs", "Portal.Core/Access/Sso/Entry/EndProviderSessions.cs", "Portal.Core/Access/Sso/Connections/SsoDomains.cs", "Portal.Core/Access/Sso/Connections/BreakGlassCode.cs",
    };

    /// <summary>Who inserts in bulk, in jobs and ingestion; no query among them.</summary>
    private static readonly HashSet<string> Bulk = new(StringComparer.Ordinal) { "Portal.Core/Data/PostgreSql/PostgreSqlEngine.cs", "Portal.Core/Costs/Imports/PostgreSqlLineWriter.cs", "Portal.Core/Audit/Ingest/OutsideEntryWriter.cs" };

    /// <summary>Who opens the schema's owner.</summary>
    private static readonly HashSet<string> Owner = new(StringComparer.Ordinal) { "Portal.Core/Data/Migrator.cs", "Portal.Core/Data/DatabaseEngine.cs", "Portal.Core/Data/PostgreSql/PostgreSqlEngine.cs", "Portal.Core/Data/SqlServer/SqlServerEngine.cs" };

    /// <summary>Who writes SQL text: constants and names of this program's own making, never a word of a request, which is a parameter.</summary>
    private static readonly Dictionary<string, string> SqlText = new(StringComparer.Ordinal)
    {
        ["Portal/Hosting/PortalGround.cs"] = "makes the database, by a constant name", ["Portal.Core/Kernel/LiveRelay.cs"] = "LISTEN and NOTIFY of a constant channel", ["Portal.Core/Costs/Storage/CostDb.cs"] = "runs the statements of reports; values by parameter",
        ["Portal.Core/Data/Migrator.cs"] = "the model's own script", ["Portal.Core/Data/DatabaseState.cs"] = "a constant", ["Portal.Core/Data/PostgreSql/ScopeEntry.cs"] = "a constant; the organization is a parameter", ["Portal.Core/Data/PostgreSql/RowInsert.cs"] = "tables and columns of the model; values by parameter",
        ["Portal.Core/Data/PostgreSql/TransactionEnd.cs"] = "constants",
        ["Portal.Core/Data/PostgreSql/PostgreSqlEngine.cs"] = "roles by constant names", ["Portal.Core/Data/SqlServer/SqlServerEngine.cs"] = "constants",
        ["Portal.Core/Access/Scim/ScimUserWriter.cs"] = "a held row by its id, a parameter", ["Portal.Core/Access/Scim/ScimGroupWriter.cs"] = "a held row by its id, a parameter", ["Portal.Core/Access/Scim/MassChangeHold.cs"] = "a held row by its id, a parameter",
        ["Portal.Core/Organizations/BusinessUnitPlace.cs"] = "a held row by its id, a parameter", ["Portal.Core/Audit/Log/LeafWriter.cs"] = "constants", ["Portal.Core/Audit/Log/SequencerLease.cs"] = "constants",
        ["Portal.Core/Audit/Retention/AuditMaintenance.cs"] = "calls a function; values by parameter", ["Portal.Core/Audit/Retention/ExpireAudit.cs"] = "calls a function; values by parameter",
        ["Portal.Core/Costs/Imports/SqlServerLineWriter.cs"] = "constants", ["Portal.Core/Audit/Ingest/SqlServerOutsideWriter.cs"] = "constants", ["Portal.Core/Audit/Ingest/PostgreSqlOutsideWriter.cs"] = "a constant",
    };

    [Fact]
    public void PlatformScope_IsOpenedInKnownPlacesAlone() =>
        Files(PlatformScopes()).Except(PlatformScope.Keys, StringComparer.Ordinal).ShouldBeEmpty("send a message through the gateway instead, or write down here why not");

    [Fact]
    public void CommandsOfThePlatformsRole_AreKnown() =>
        Files(NeedsPlatforms()).Except(NeedsPlatform, StringComparer.Ordinal).ShouldBeEmpty("row-level security does not confine such a command: each of its queries must name the organization, and a test must reach for a foreign row");

    [Fact]
    public void BulkRoleAndOwner_AreReachableFromNoQuery()
    {
        Files(BulkOpenings()).Except(Bulk, StringComparer.Ordinal).ShouldBeEmpty("the bulk role bypasses row-level security");
        Files(OwnerOpenings()).Except(Owner, StringComparer.Ordinal).ShouldBeEmpty("the owner is for migrations");
        foreach (var (file, text) in Sources()) (text.Contains(": Query<", StringComparison.Ordinal) && BulkOpenings().IsMatch(text)).ShouldBeFalse(file);
    }

    [Fact]
    public void QueryFilters_AreNeverSwitchedOff() => Files(IgnoredFilters()).ShouldBeEmpty();

    [Fact]
    public void SqlText_IsWrittenInKnownPlacesAlone() =>
        Files(SqlTexts()).Except(SqlText.Keys, StringComparer.Ordinal).ShouldBeEmpty("write the query in LINQ; if it must be text, of constants alone with every value a parameter, name the file here with what it does");

    [Fact]
    public void TheLists_NameNothingThatIsGone() =>
        PlatformScope.Keys.Concat(NeedsPlatform).Concat(Bulk).Concat(Owner).Concat(SqlText.Keys).Distinct(StringComparer.Ordinal).Except(Sources().Select(s => s.File), StringComparer.Ordinal).ShouldBeEmpty();

    private static List<string> Files(Regex pattern) => [.. Sources().Where(s => pattern.IsMatch(s.Text)).Select(s => s.File)];

    private static List<(string File, string Text)> Sources()
    {
        var above = RepositoryFiles.Root;
        return [.. from part in new[] { "Portal", "Portal.Core" }
                   from path in Directory.EnumerateFiles(Path.Combine(above, part), "*.*", SearchOption.AllDirectories)
                   let file = Path.GetRelativePath(above, path).Replace('\\', '/')
                   where (file.EndsWith(".cs", StringComparison.Ordinal) || file.EndsWith(".razor", StringComparison.Ordinal)) && !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal) && !file.Contains("/Migrations/", StringComparison.Ordinal)
                   select (file, File.ReadAllText(path))];
    }

    [GeneratedRegex(@"DataScope\.(Platform|OfOwner)|static DataScope Platform", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex PlatformScopes();

    [GeneratedRegex(@"\bNeedsPlatform\b", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex NeedsPlatforms();

    [GeneratedRegex(@"\bOpenBulkAsync\b|\bBulkRole\b", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex BulkOpenings();

    [GeneratedRegex(@"\bCreateOwnerContext\b", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex OwnerOpenings();

    [GeneratedRegex(@"\bIgnoreQueryFilters\b", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex IgnoredFilters();

    [GeneratedRegex(@"\b(FromSqlRaw|FromSqlInterpolated|FromSql|ExecuteSqlRaw(Async)?|ExecuteSql(Async)?|SqlQueryRaw|SqlQuery)\s*[<(]|\bCommandText\s*=|new (Npgsql|Sql)Command\(", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex SqlTexts();
}
