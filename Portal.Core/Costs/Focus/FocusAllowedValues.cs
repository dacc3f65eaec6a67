namespace Hexabase.Portal.Costs.Focus;

/// <summary>The closed value lists of FOCUS 1.0 to 1.2, in the specification's spelling.</summary>
internal static class FocusAllowedValues
{
    public static readonly string[] CapacityReservationStatus = ["Used", "Unused"];

    public static readonly string[] ChargeCategory = ["Usage", "Purchase", "Tax", "Credit", "Adjustment"];

    public static readonly string[] ChargeClass = ["Correction"];

    public static readonly string[] ChargeFrequency = ["One-Time", "Recurring", "Usage-Based"];

    public static readonly string[] CommitmentDiscountCategory = ["Spend", "Usage"];

    public static readonly string[] CommitmentDiscountStatus = ["Used", "Unused"];

    public static readonly string[] PricingCategory = ["Standard", "Dynamic", "Committed", "Other"];

    public static readonly string[] ServiceCategory =
    [
        "AI and Machine Learning", "Analytics", "Business Applications", "Compute", "Databases", "Developer Tools", "Multicloud", "Identity",
        "Integration", "Internet of Things", "Management and Governance", "Media", "Migration", "Mobile", "Networking", "Security", "Storage", "Web",
        "Other",
    ];

    public static readonly string[] ServiceSubcategory =
    [
        "AI Platforms", "Bots", "Generative AI", "Machine Learning", "Natural Language Processing", "Other (AI and Machine Learning)",
        "Analytics Platforms", "Business Intelligence", "Data Processing", "Search", "Streaming Analytics", "Other (Analytics)",
        "Productivity and Collaboration", "Other (Business Applications)",
        "Containers", "End User Computing", "Quantum Compute", "Serverless Compute", "Virtual Machines", "Other (Compute)",
        "Caching", "Data Warehouses", "Ledger Databases", "NoSQL Databases", "Relational Databases", "Time Series Databases", "Other (Databases)",
        "Developer Platforms", "Continuous Integration and Deployment", "Development Environments", "Source Code Management", "Quality Assurance", "Other (Developer Tools)",
        "Identity and Access Management", "Other (Identity)",
        "API Management", "Messaging", "Workflow Orchestration", "Other (Integration)",
        "IoT Analytics", "IoT Platforms", "Other (Internet of Things)",
        "Architecture", "Compliance", "Cost Management", "Data Governance", "Disaster Recovery", "Endpoint Management", "Observability", "Support", "Other (Management and Governance)",
        "Content Creation", "Gaming", "Media Streaming", "Mixed Reality", "Other (Media)",
        "Data Migration", "Resource Migration", "Other (Migration)",
        "Other (Mobile)",
        "Multicloud Integration", "Other (Multicloud)",
        "Application Networking", "Content Delivery", "Network Connectivity", "Network Infrastructure", "Network Routing", "Network Security", "Other (Networking)",
        "Secret Management", "Security Posture Management", "Threat Detection and Response", "Other (Security)",
        "Backup Storage", "Block Storage", "File Storage", "Object Storage", "Storage Platforms", "Other (Storage)",
        "Application Platforms", "Other (Web)",
        "Other (Other)",
    ];
}
