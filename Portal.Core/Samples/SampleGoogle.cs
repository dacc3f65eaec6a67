using Hexabase.Portal.Costs.Focus;

namespace Hexabase.Portal.Samples;

/// <summary>The Google Cloud bill of the Japanese company: FOCUS 1.1, JPY with whole and fractional yen, projects, a spend-based committed-use discount.</summary>
internal static class SampleGoogle
{
    private const string Tokyo = "asia-northeast1";
    private const string Osaka = "asia-northeast2";

    public static SampleProvider Provider { get; } = new(
        "google", "Google Cloud", "Google Cloud", "Google Cloud Japan G.K.", "01A2B3-SAMPLE-C4D5E6", "アオヤマ・フィナンシャルグループ (sample)", "JPY", "Google Cloud Support",
        Negotiated: 0.97m, TaxRate: 0.10m, SupportDaily: 6200m, SupportMonthly: 0, MoneyDecimals: 0, WindowsText: false)
    {
        Columns = SampleProvider.ColumnsOf("1.1", FocusColumn.CapacityReservationId, FocusColumn.CapacityReservationStatus, FocusColumn.AvailabilityZone),
        ExtraColumns = ["x_ProjectNumber", "x_CostType"],
        RegionNames = new Dictionary<string, string>(StringComparer.Ordinal) { [Tokyo] = "Tokyo (asia-northeast1)", [Osaka] = "Osaka (asia-northeast2)" },
        ResourceId = (tenancy, region, sku, name) => $"//cloud.googleapis.com/projects/{tenancy.AccountId}/locations/{region}/{sku.Kind}/{name}",
        Extras = series => [series.ProjectNumber, "regular"],
        Commitments =
        [
            new("cud", "projects/afg-platform/commitments/flex-sample", "compute-flex-cud-1y", "Committed Use Discount", "Spend", "Compute Engine", "Compute", "Virtual Machines", Tokyo, 900m, 0.72m, SamplePayment.Daily),
        ],
        Tenancies =
        [
            new("ml-research", "afg-ml-research", "AFG ML Research", 78_000, "bg", SampleRhythm.Research, [Tokyo]),
            new("feature-store", "afg-feature-store", "AFG Feature Store", 34_000, "bd", SampleRhythm.Steady, [Tokyo, Osaka]),
            new("recommendations", "afg-recommendations", "AFG Recommendations", 31_000, "bdg", SampleRhythm.Retail, [Tokyo]),
            new("web-shop", "afg-shop-analytics", "AFG Shop Analytics", 25_000, "bd", SampleRhythm.Retail, [Tokyo]),
            new("claims-analytics", "afg-claims-warehouse", "AFG Claims Warehouse", 16_000, "bd", SampleRhythm.Office, [Tokyo, Osaka]),
            new("shared-platform", "afg-platform", "AFG Platform", 13_000, "b", SampleRhythm.Steady, [Tokyo]),
            new("preview-envs", "afg-preview", "AFG Preview", 4_000, "b", SampleRhythm.Office, [Tokyo]),
            new(null, "afg-net-hub", "AFG Network Hub", 5_500, "n", SampleRhythm.Steady, [Tokyo], "network"),
            new(null, "afg-old-trial", "AFG Old Trial", 6_500, "b", SampleRhythm.Steady, [Tokyo]),
        ],
        Skus =
        [
            new("6F81-5844-N2CORE", "Compute Engine", "Compute", "Virtual Machines", "N2 Instance Core", "hour", 6.2183m, 16, "b", 1, "instances", Hourly: true, Core: true, Commitment: "cud"),
            new("6F81-5844-N2RAM", "Compute Engine", "Compute", "Virtual Machines", "N2 Instance Ram", "gibibyte hour", 0.8334m, 6, "b", 3, "instances", Commitment: "cud"),
            new("6F81-5844-E2CORE", "Compute Engine", "Compute", "Virtual Machines", "E2 Instance Core", "hour", 4.2911m, 4, "b", 3, "instances", Commitment: "cud"),
            new("6F81-5844-A2GPU", "Compute Engine", "Compute", "Virtual Machines", "A100 GPU", "hour", 552.75m, 34, "g", 2, "instances", Hourly: true, Core: true),
            new("6F81-5844-PDSSD", "Compute Engine", "Storage", "Block Storage", "SSD backed PD Capacity", "gibibyte month", 33.32m, 4, "b", 4, "disks"),
            new("6F81-5844-SNAP", "Compute Engine", "Storage", "Backup Storage", "Storage PD Snapshot", "gibibyte month", 9.8m, 0.7, "b", 4, "snapshots"),
            new("6F81-5844-EGRESS", "Compute Engine", "Networking", "Network Connectivity", "Network Internet Egress", "gibibyte", 21m, 2.5, "b", 3, "instances"),
            new("6F81-5844-ZONEEG", "Compute Engine", "Networking", "Network Connectivity", "Inter Zone Egress", "gibibyte", 1.5m, 0.8, "b", 3, "instances"),
            new("95FF-2EF5-STD", "Cloud Storage", "Storage", "Object Storage", "Standard Storage", "gibibyte month", 3.45m, 5, "b", 4, "buckets"),
            new("95FF-2EF5-NEAR", "Cloud Storage", "Storage", "Object Storage", "Nearline Storage", "gibibyte month", 2.4m, 1, "b", 4, "buckets"),
            new("95FF-2EF5-CLSA", "Cloud Storage", "Storage", "Object Storage", "Class A Operations", "10K count", 0.75m, 0.6, "b", 4, "buckets"),
            new("95FF-2EF5-CLSB", "Cloud Storage", "Storage", "Object Storage", "Class B Operations", "10K count", 0.06m, 0.4, "b", 4, "buckets"),
            new("24E6-581D-ANALYSIS", "BigQuery", "Analytics", "Analytics Platforms", "Analysis", "tebibyte", 1125m, 14, "d", 4, "datasets", Core: true),
            new("24E6-581D-SLOTS", "BigQuery", "Analytics", "Analytics Platforms", "Enterprise Edition Slots", "hour", 9.15m, 8, "d", 1, "reservations", Hourly: true),
            new("24E6-581D-STORE", "BigQuery", "Analytics", "Analytics Platforms", "Active Logical Storage", "gibibyte month", 3.45m, 3, "d", 4, "datasets"),
            new("24E6-581D-STREAM", "BigQuery", "Analytics", "Analytics Platforms", "Streaming Insert", "gibibyte", 9m, 1.4, "d", 3, "datasets"),
            new("CCD8-9BF1-GKE", "Kubernetes Engine", "Compute", "Containers", "Regional Kubernetes Clusters", "hour", 15m, 1.5, "b", 1, "clusters"),
            new("9662-B51E-SQL", "Cloud SQL", "Databases", "Relational Databases", "PostgreSQL vCPU", "hour", 8.04m, 4, "b", 3, "instances"),
            new("9662-B51E-SQLRAM", "Cloud SQL", "Databases", "Relational Databases", "PostgreSQL RAM", "gibibyte hour", 1.36m, 1.8, "b", 3, "instances"),
            new("5490-F7B7-LOGS", "Cloud Logging", "Management and Governance", "Observability", "Log Storage cost", "gibibyte", 75m, 2, "b", 2, "logs"),
            new("58CD-E7C3-METRICS", "Cloud Monitoring", "Management and Governance", "Observability", "Prometheus Samples Ingested", "1M count", 9m, 0.9, "bn", 1, "metrics"),
            new("A1E8-BE35-PUBSUB", "Cloud Pub/Sub", "Integration", "Messaging", "Message Delivery Basic", "tebibyte", 6000m, 1.3, "b", 4, "topics"),
            new("C7E2-9256-VERTEX", "Vertex AI", "AI and Machine Learning", "Machine Learning", "Training Pipeline Management", "hour", 22.5m, 4, "g", 3, "pipelines"),
            new("C7E2-9256-GEMINI", "Vertex AI", "AI and Machine Learning", "Generative AI", "Model Output Tokens", "1M count", 1500m, 5, "g", 2, "models"),
            new("29E7-DA93-FLOW", "Cloud Dataflow", "Analytics", "Data Processing", "Batch vCPU Time", "hour", 8.4m, 4, "d", 4, "jobs"),
            new("152E-C115-RUN", "Cloud Run", "Compute", "Serverless Compute", "CPU Allocation Time", "1K vCPU second", 3.6m, 1.6, "b", 4, "services"),
            new("149C-F9EC-AR", "Artifact Registry", "Developer Tools", "Developer Platforms", "Artifact Storage", "gibibyte month", 15m, 0.6, "b", 2, "repositories"),
            new("E505-1604-INTERCON", "Cloud Interconnect", "Networking", "Network Connectivity", "Interconnect Egress", "gibibyte", 6.3m, 5, "n", 2, "attachments", Core: true),
            new("E505-1604-LB", "Networking", "Networking", "Application Networking", "Cloud Load Balancer Forwarding Rule", "hour", 3.75m, 1.2, "bn", 2, "forwardingRules"),
            new("EE2C-7FAC-KMS", "Cloud Key Management Service", "Security", "Secret Management", "Active Key Versions", "count", 9m, 0.3, "b", 1, "keys"),
        ],
    };
}
