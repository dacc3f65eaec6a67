using Hexabase.Portal.Workspaces;

namespace Hexabase.Portal.Samples;

/// <summary>A business unit of the sample organization; <paramref name="Slug"/> is what its name becomes.</summary>
public sealed record SampleBusinessUnit(string Name, string Slug, string CostCenter, string Owner);

/// <summary>A workspace of the sample organization. Name and slug are the same word, which is also the value of the tag "workspace".</summary>
/// <param name="Name">Name and slug.</param>
/// <param name="BusinessUnit">Slug of its business unit.</param>
/// <param name="Environment">What it runs.</param>
/// <param name="Regions">Regions in the providers' own words.</param>
/// <param name="Team">The value of the tag and the label "team".</param>
/// <param name="Owner">Who answers for it; an invented name.</param>
/// <param name="Classification">How sensitive its data is.</param>
/// <param name="Projects">Names (and slugs) of its projects, the values of the tag "project".</param>
public sealed record SampleWorkspace(
    string Name, string BusinessUnit, WorkspaceEnvironment Environment, IReadOnlyList<string> Regions, string Team, string Owner, DataClassification Classification, IReadOnlyList<string> Projects)
{
    /// <summary>The labels of the workspace.</summary>
    public IReadOnlyDictionary<string, string> Labels => new SortedDictionary<string, string>(StringComparer.Ordinal) { ["sample"] = "true", ["team"] = Team };
}

/// <summary>One figure of a workspace's quota with a reading of each kind; null is unknown.</summary>
/// <param name="Workspace">Slug.</param>
/// <param name="Resource">"cpuMillicores", "memoryBytes", "storageBytes", "gpus" or "pods"; the unit is in the name.</param>
public sealed record SampleQuota(string Workspace, string Resource, long Limit, long? Reserved, long? Requested, long? Used);

/// <summary>The sample organization: invented, labelled as such, and matched by the tags of <see cref="SampleBill"/>. Plain data, to be fed through the real commands.</summary>
public static class SampleOrganization
{
    public const string Name = "Aoyama Financial Group (sample)";

    /// <summary>What <see cref="Name"/> becomes.</summary>
    public const string Slug = "aoyama-financial-group-sample";

    public const string Plan = "enterprise";
    public const string Currency = "USD";
    public const string TimeZone = "Asia/Tokyo";
    public const int FiscalYearStartMonth = 4;

    public static IReadOnlyList<string> Regions { get; } = ["ap-northeast-1", "ap-northeast-3", "japaneast", "japanwest", "asia-northeast1", "asia-northeast2"];

    public static IReadOnlyList<SampleBusinessUnit> BusinessUnits { get; } =
    [
        new("Finance-BU", "finance-bu", "CC-1100", "Misaki Sato (sample)"),
        new("Healthcare-Analytics", "healthcare-analytics", "CC-2200", "Kenji Watanabe (sample)"),
        new("Retail-Apps", "retail-apps", "CC-3300", "Aiko Tanaka (sample)"),
        new("Platform-Engineering", "platform-engineering", "CC-9000", "Daniel Mori (sample)"),
        new("Data-Science", "data-science", "CC-4400", "Yuki Nakamura (sample)"),
    ];

    public static IReadOnlyList<SampleWorkspace> Workspaces { get; } =
    [
        Workspace("payments-prod", "finance-bu", WorkspaceEnvironment.Production, ["ap-northeast-1", "ap-northeast-3"], "payments", "Ryo Suzuki (sample)", DataClassification.Restricted, "card-gateway", "settlement", "fraud-check"),
        Workspace("payments-staging", "finance-bu", WorkspaceEnvironment.Staging, ["ap-northeast-1"], "payments", "Ryo Suzuki (sample)", DataClassification.Internal, "card-gateway-staging"),
        Workspace("ledger-prod", "finance-bu", WorkspaceEnvironment.Production, ["ap-northeast-1", "japaneast"], "ledger", "Emi Kobayashi (sample)", DataClassification.Restricted, "general-ledger", "closing"),
        Workspace("risk-batch", "finance-bu", WorkspaceEnvironment.Production, ["ap-northeast-1"], "risk", "Takumi Ito (sample)", DataClassification.Confidential, "var-engine"),
        Workspace("claims-analytics", "healthcare-analytics", WorkspaceEnvironment.Production, ["japaneast", "asia-northeast1"], "claims", "Hana Yamada (sample)", DataClassification.Restricted, "claims-lake", "claims-reports"),
        Workspace("imaging-ml", "healthcare-analytics", WorkspaceEnvironment.Production, ["japaneast"], "imaging", "Sho Kato (sample)", DataClassification.Restricted, "segmentation", "training"),
        Workspace("patient-portal", "healthcare-analytics", WorkspaceEnvironment.Production, ["japaneast", "japanwest"], "patient", "Nao Yoshida (sample)", DataClassification.Restricted, "portal-web", "appointments"),
        Workspace("web-shop", "retail-apps", WorkspaceEnvironment.Production, ["ap-northeast-1", "ap-northeast-3"], "shop", "Mio Hayashi (sample)", DataClassification.Confidential, "storefront", "checkout", "search"),
        Workspace("loyalty", "retail-apps", WorkspaceEnvironment.Production, ["ap-northeast-1"], "loyalty", "Ren Shimizu (sample)", DataClassification.Confidential, "points", "campaigns"),
        Workspace("pos-edge", "retail-apps", WorkspaceEnvironment.Production, ["ap-northeast-1"], "pos", "Ren Shimizu (sample)", DataClassification.Internal, "store-sync"),
        Workspace("recommendations", "retail-apps", WorkspaceEnvironment.Production, ["asia-northeast1"], "recommend", "Mio Hayashi (sample)", DataClassification.Internal, "ranking", "catalog-index"),
        Workspace("shared-platform", "platform-engineering", WorkspaceEnvironment.Production, ["ap-northeast-1", "japaneast", "asia-northeast1"], "platform", "Daniel Mori (sample)", DataClassification.Internal, "clusters", "registry", "identity"),
        Workspace("ci-runners", "platform-engineering", WorkspaceEnvironment.Development, ["ap-northeast-1"], "platform", "Daniel Mori (sample)", DataClassification.Internal, "build-farm"),
        Workspace("preview-envs", "platform-engineering", WorkspaceEnvironment.Preview, ["ap-northeast-1", "asia-northeast1"], "platform", "Daniel Mori (sample)", DataClassification.Internal, "pull-requests"),
        Workspace("ml-research", "data-science", WorkspaceEnvironment.Development, ["asia-northeast1", "japaneast"], "research", "Yuki Nakamura (sample)", DataClassification.Confidential, "foundation-models", "forecasting"),
        Workspace("feature-store", "data-science", WorkspaceEnvironment.Production, ["asia-northeast1"], "features", "Kaito Abe (sample)", DataClassification.Confidential, "online-store", "pipelines"),
    ];

    public static IReadOnlyList<SampleQuota> Quotas { get; } =
    [
        .. Quota("payments-prod", 320, 0.81, 0.74, 0.52, storageTib: 24, gpus: 0),
        .. Quota("payments-staging", 64, 0.55, 0.41, 0.12, storageTib: 4, gpus: 0),
        .. Quota("ledger-prod", 256, 0.78, 0.69, 0.47, storageTib: 40, gpus: 0),
        .. Quota("risk-batch", 192, 0.96, 0.93, 0.61, storageTib: 12, gpus: 0),
        .. Quota("claims-analytics", 224, 0.70, 0.66, 0.44, storageTib: 96, gpus: 0),
        .. Quota("imaging-ml", 160, 0.88, 0.84, 0.58, storageTib: 64, gpus: 8),
        .. Quota("web-shop", 384, 0.86, 0.79, 0.49, storageTib: 20, gpus: 0),
        .. Quota("loyalty", 96, 0.60, 0.51, 0.27, storageTib: 6, gpus: 0),
        .. Quota("shared-platform", 256, 0.72, 0.63, 0.38, storageTib: 32, gpus: 0),
        .. Quota("preview-envs", 48, 1.00, 0.97, 0.22, storageTib: 2, gpus: 0),
        .. Quota("ml-research", 256, 0.94, 0.90, 0.71, storageTib: 120, gpus: 16),

        // The cluster behind this workspace reports nothing: limits are set, readings are unknown.
        new("pos-edge", "cpuMillicores", 32_000, null, null, null),
        new("pos-edge", "memoryBytes", 128L << 30, null, null, null),
    ];

    private static SampleWorkspace Workspace(
        string name, string unit, WorkspaceEnvironment environment, string[] regions, string team, string owner, DataClassification classification, params string[] projects) =>
        new(name, unit, environment, regions, team, owner, classification, projects);

    private static IEnumerable<SampleQuota> Quota(string workspace, int cores, double reserved, double requested, double used, int storageTib, int gpus)
    {
        yield return Of("cpuMillicores", cores * 1000L, reserved, requested, used);
        yield return Of("memoryBytes", (cores * 4L) << 30, reserved, requested, used + 0.11);
        yield return Of("storageBytes", (long)storageTib << 40, 0.9, 0.9, used + 0.2);
        yield return Of("pods", cores * 5L, reserved, requested, requested);
        if (gpus > 0) yield return Of("gpus", gpus, 1, 1, reserved);

        SampleQuota Of(string resource, long limit, double r, double q, double u) =>
            new(workspace, resource, limit, (long)(limit * r), (long)(limit * q), (long)(limit * Math.Min(u, r)));
    }
}
