using Hexabase.Portal.Costs.Focus;

namespace Hexabase.Portal.Samples;

/// <summary>The Microsoft Azure bill: FOCUS 1.2 with columns of Microsoft's own, USD, subscriptions, an upfront reservation.</summary>
internal static class SampleAzure
{
    private const string East = "japaneast";
    private const string West = "japanwest";

    public static SampleProvider Provider { get; } = new(
        "azure", "Microsoft", "Microsoft", "Microsoft", "8611537-sample", "Aoyama Financial Group (sample)", "USD", "Azure Support",
        Negotiated: 0.95m, TaxRate: 0, SupportDaily: 0, SupportMonthly: 1000m, MoneyDecimals: 2, WindowsText: true)
    {
        Columns = SampleProvider.ColumnsOf("1.2", FocusColumn.CapacityReservationId, FocusColumn.CapacityReservationStatus),
        ExtraColumns = ["x_ResourceGroupName", "x_SkuMeterCategory", "x_CostCenter", "x_BillingProfileId"],
        RegionNames = new Dictionary<string, string>(StringComparer.Ordinal) { [East] = "Japan East", [West] = "Japan West" },
        ResourceId = (tenancy, region, sku, name) => $"/subscriptions/{tenancy.AccountId}/resourcegroups/rg-{tenancy.Workspace ?? tenancy.AccountName}-{region}/providers/{sku.Kind}/{name}",
        Extras = series => [$"rg-{series.Tenancy.Workspace ?? series.Tenancy.AccountName}-{series.Region}", series.Sku.Service, series.CostCenter, "AFG-SAMPLE-PROFILE"],
        Commitments =
        [
            new("vm", "/providers/Microsoft.Capacity/reservationOrders/5e0a-sample", "vm-dsv5-1y", "Reservation", "Usage", "Virtual Machines", "Compute", "Virtual Machines", East, 2.80m, 0.64m, SamplePayment.Upfront),
        ],
        Tenancies =
        [
            new("claims-analytics", "6d1f0a10-0000-4000-8000-00000000c1a1", "sub-claims", 315, "bd", SampleRhythm.Office, [East, West]),
            new("imaging-ml", "6d1f0a10-0000-4000-8000-00000000c1a2", "sub-imaging", 262, "bg", SampleRhythm.Research, [East]),
            new("patient-portal", "6d1f0a10-0000-4000-8000-00000000c1a3", "sub-patient", 168, "bw", SampleRhythm.Office, [East, West]),
            new("ledger-prod", "6d1f0a10-0000-4000-8000-00000000f1a1", "sub-ledger-dr", 112, "bd", SampleRhythm.Finance, [West]),
            new("payments-prod", "6d1f0a10-0000-4000-8000-00000000f1a2", "sub-payments-dr", 54, "bw", SampleRhythm.Finance, [West]),
            new("loyalty", "6d1f0a10-0000-4000-8000-00000000e1a1", "sub-loyalty-crm", 46, "bw", SampleRhythm.Retail, [East]),
            new("shared-platform", "6d1f0a10-0000-4000-8000-00000000b1a1", "sub-platform", 118, "bw", SampleRhythm.Steady, [East]),
            new("ml-research", "6d1f0a10-0000-4000-8000-00000000d1a1", "sub-research", 108, "bg", SampleRhythm.Research, [East]),
            new(null, "6d1f0a10-0000-4000-8000-00000000b1a2", "sub-connectivity", 48, "n", SampleRhythm.Steady, [East, West], "network"),
            new(null, "6d1f0a10-0000-4000-8000-00000000b1a3", "sub-monitoring", 40, "o", SampleRhythm.Steady, [East], "observability"),
            new(null, "6d1f0a10-0000-4000-8000-00000000ffff", "sub-trial-2024", 38, "b", SampleRhythm.Steady, [East]),
        ],
        Skus =
        [
            new("DZH318Z0-D4SV5", "Virtual Machines", "Compute", "Virtual Machines", "D4s v5", "1 Hour", 0.248m, 20, "b", 4, "microsoft.compute/virtualmachines", Core: true, Commitment: "vm"),
            new("DZH318Z0-E8SV5", "Virtual Machines", "Compute", "Virtual Machines", "E8s v5", "1 Hour", 0.61m, 9, "d", 3, "microsoft.compute/virtualmachines", Commitment: "vm"),
            new("DZH318Z0-NC24A100", "Virtual Machines", "Compute", "Virtual Machines", "NC24ads A100 v4", "1 Hour", 4.775m, 26, "g", 2, "microsoft.compute/virtualmachines", Hourly: true),
            new("DZH318Z0-P20", "Storage", "Storage", "Block Storage", "P20 LRS Disk", "1/Month", 83.88m, 4, "b", 4, "microsoft.compute/disks"),
            new("DZH318Z0-HOTLRS", "Storage", "Storage", "Object Storage", "Hot LRS Data Stored", "1 GB/Month", 0.02m, 4, "b", 4, "microsoft.storage/storageaccounts"),
            new("DZH318Z0-WRITEOPS", "Storage", "Storage", "Object Storage", "Hot Write Operations", "10K", 0.065m, 0.7, "b", 4, "microsoft.storage/storageaccounts"),
            new("DZH318Z0-COOLLRS", "Storage", "Storage", "Object Storage", "Cool LRS Data Stored", "1 GB/Month", 0.011m, 1.2, "bd", 3, "microsoft.storage/storageaccounts"),
            new("DZH318Z0-AKS", "Azure Kubernetes Service", "Compute", "Containers", "Standard Uptime SLA", "1 Hour", 0.1m, 1, "b", 1, "microsoft.containerservice/managedclusters"),
            new("DZH318Z0-ACR", "Container Registry", "Developer Tools", "Developer Platforms", "Premium Registry Unit", "1/Day", 1.667m, 0.5, "b", 1, "microsoft.containerregistry/registries"),
            new("DZH318Z0-SQLGP8", "Azure SQL Database", "Databases", "Relational Databases", "General Purpose vCore", "1 Hour", 0.1522m, 12, "wd", 1, "microsoft.sql/servers/databases", Hourly: true),
            new("DZH318Z0-SQLSTG", "Azure SQL Database", "Databases", "Relational Databases", "General Purpose Data Stored", "1 GB/Month", 0.138m, 1.6, "wd", 3, "microsoft.sql/servers/databases"),
            new("DZH318Z0-COSMOS", "Azure Cosmos DB", "Databases", "NoSQL Databases", "100 RU/s", "1/Hour", 0.008m, 4, "w", 3, "microsoft.documentdb/databaseaccounts"),
            new("DZH318Z0-REDIS", "Azure Cache for Redis", "Databases", "Caching", "P1 Cache", "1 Hour", 0.554m, 2.6, "w", 1, "microsoft.cache/redis"),
            new("DZH318Z0-SYNAPSE", "Azure Synapse Analytics", "Analytics", "Analytics Platforms", "SQL On Demand Data Processed", "1 TB", 5m, 7, "d", 2, "microsoft.synapse/workspaces"),
            new("DZH318Z0-ADF", "Azure Data Factory", "Analytics", "Data Processing", "Cloud Data Movement", "1 DIU-Hour", 0.25m, 3, "d", 3, "microsoft.datafactory/factories"),
            new("DZH318Z0-DBU", "Azure Databricks", "Analytics", "Data Processing", "Premium All-purpose DBU", "1 Hour", 0.55m, 6, "dg", 3, "microsoft.databricks/workspaces"),
            new("DZH318Z0-AML", "Azure Machine Learning", "AI and Machine Learning", "Machine Learning", "Compute Surcharge", "1 Hour", 0.11m, 2, "g", 2, "microsoft.machinelearningservices/workspaces"),
            new("DZH318Z0-AOAI", "Azure OpenAI", "AI and Machine Learning", "Generative AI", "Output Tokens", "1M", 10m, 4, "g", 2, "microsoft.cognitiveservices/accounts"),
            new("DZH318Z0-APPSVC", "Azure App Service", "Web", "Application Platforms", "P1v3 App", "1 Hour", 0.23m, 5, "w", 2, "microsoft.web/serverfarms"),
            new("DZH318Z0-BWOUT", "Bandwidth", "Networking", "Network Connectivity", "Standard Data Transfer Out", "1 GB", 0.12m, 2.4, "b", 2, "microsoft.network/publicipaddresses"),
            new("DZH318Z0-PEERING", "Virtual Network", "Networking", "Network Infrastructure", "Intra-Region Ingress", "1 GB", 0.01m, 0.7, "bn", 2, "microsoft.network/virtualnetworks"),
            new("DZH318Z0-AGW", "Application Gateway", "Networking", "Application Networking", "Standard Capacity Units", "1/Hour", 0.008m, 1.2, "w", 1, "microsoft.network/applicationgateways", Hourly: true),
            new("DZH318Z0-ER", "ExpressRoute", "Networking", "Network Connectivity", "1 Gbps Metered Data", "1 GB", 0.042m, 6, "n", 2, "microsoft.network/expressroutecircuits", Core: true),
            new("DZH318Z0-FW", "Azure Firewall", "Networking", "Network Security", "Premium Deployment", "1 Hour", 1.75m, 6, "n", 1, "microsoft.network/azurefirewalls"),
            new("DZH318Z0-LOGS", "Log Analytics", "Management and Governance", "Observability", "Pay-as-you-go Data Ingestion", "1 GB", 2.99m, 3, "bo", 2, "microsoft.operationalinsights/workspaces"),
            new("DZH318Z0-METRICS", "Azure Monitor", "Management and Governance", "Observability", "Metrics Ingested", "10M", 0.16m, 0.8, "bo", 1, "microsoft.insights/components"),
            new("DZH318Z0-DEFENDER", "Microsoft Defender for Cloud", "Security", "Security Posture Management", "Standard Node", "1 Hour", 0.02m, 1.2, "bo", 2, "microsoft.security/pricings"),
            new("DZH318Z0-KV", "Key Vault", "Security", "Secret Management", "Operations", "10K", 0.03m, 0.2, "b", 2, "microsoft.keyvault/vaults"),
            new("DZH318Z0-BUS", "Service Bus", "Integration", "Messaging", "Premium Messaging Unit", "1/Hour", 0.928m, 1.5, "w", 1, "microsoft.servicebus/namespaces"),
        ],
    };
}
