using Hexabase.Portal.Costs.Focus;

namespace Hexabase.Portal.Samples;

/// <summary>The AWS bill: FOCUS 1.0, USD, a payer and an account for each team, a savings plan and reserved databases.</summary>
internal static class SampleAws
{
    private const string Tokyo = "ap-northeast-1";
    private const string Osaka = "ap-northeast-3";

    public static SampleProvider Provider { get; } = new(
        "aws", "AWS", "Amazon Web Services, Inc.", "Amazon Web Services Japan G.K.", "410000001100", "Aoyama Financial Group (sample)", "USD", "AWS Support (Business)",
        Negotiated: 0.94m, TaxRate: 0.10m, SupportDaily: 58.5m, SupportMonthly: 0, MoneyDecimals: 2, WindowsText: false)
    {
        Columns = SampleProvider.ColumnsOf("1.0"),
        ExtraColumns = ["x_Operation", "x_ServiceCode", "x_UsageType"],
        RegionNames = new Dictionary<string, string>(StringComparer.Ordinal) { [Tokyo] = "Asia Pacific (Tokyo)", [Osaka] = "Asia Pacific (Osaka)" },
        ResourceId = (tenancy, region, sku, name) => $"arn:aws:{sku.Key[..sku.Key.IndexOf('-', StringComparison.Ordinal)]}:{region}:{tenancy.AccountId}:{sku.Kind}/{name}",
        Extras = series => ["Usage", series.Sku.Key[..series.Sku.Key.IndexOf('-', StringComparison.Ordinal)], series.Sku.Meter],
        Commitments =
        [
            new("sp", "arn:aws:savingsplans::410000001100:savingsplan/7d1c-sample", "compute-savings-plan-1y", "Compute Savings Plan", "Spend", "Amazon Elastic Compute Cloud", "Compute", "Virtual Machines", Tokyo, 10.25m, 0.72m, SamplePayment.Daily),
            new("ri", "arn:aws:rds:ap-northeast-1:410000001100:ri:sample-aurora", "aurora-reserved-1y", "Reserved Instance", "Usage", "Amazon Relational Database Service", "Databases", "Relational Databases", Tokyo, 7.00m, 0.66m, SamplePayment.Monthly),
        ],
        Tenancies =
        [
            new("payments-prod", "410000002101", "afg-payments-prod", 400, "bw", SampleRhythm.Finance, [Tokyo, Osaka]),
            new("payments-staging", "410000002102", "afg-payments-staging", 65, "bw", SampleRhythm.Office, [Tokyo]),
            new("ledger-prod", "410000002103", "afg-ledger-prod", 280, "bd", SampleRhythm.Finance, [Tokyo, Osaka]),
            new("risk-batch", "410000002104", "afg-risk", 125, "bd", SampleRhythm.Finance, [Tokyo]),
            new("web-shop", "410000002301", "afg-retail-shop", 405, "bwd", SampleRhythm.Retail, [Tokyo, Osaka]),
            new("loyalty", "410000002302", "afg-retail-loyalty", 105, "bw", SampleRhythm.Retail, [Tokyo]),
            new("pos-edge", "410000002303", "afg-retail-pos", 58, "b", SampleRhythm.Retail, [Tokyo]),
            new("shared-platform", "410000002901", "afg-platform", 225, "bw", SampleRhythm.Steady, [Tokyo]),
            new("ci-runners", "410000002902", "afg-ci", 88, "b", SampleRhythm.Office, [Tokyo]),
            new("preview-envs", "410000002903", "afg-preview", 44, "bw", SampleRhythm.Office, [Tokyo]),
            new(null, "410000002910", "afg-network-hub", 72, "n", SampleRhythm.Steady, [Tokyo, Osaka], "network"),
            new(null, "410000002911", "afg-observability", 46, "o", SampleRhythm.Steady, [Tokyo], "observability"),
            new(null, "410000009999", "legacy-sandbox", 62, "b", SampleRhythm.Steady, [Tokyo]),
        ],
        Skus =
        [
            new("ec2-m6i-2xl", "Amazon Elastic Compute Cloud", "Compute", "Virtual Machines", "BoxUsage:m6i.2xlarge", "Hours", 0.496m, 22, "b", 1, "instance", Hourly: true, Core: true, Commitment: "sp"),
            new("ec2-c6i-xl", "Amazon Elastic Compute Cloud", "Compute", "Virtual Machines", "BoxUsage:c6i.xlarge", "Hours", 0.214m, 9, "b", 3, "instance", Commitment: "sp"),
            new("ec2-r6i-2xl", "Amazon Elastic Compute Cloud", "Compute", "Virtual Machines", "BoxUsage:r6i.2xlarge", "Hours", 0.608m, 6, "d", 3, "instance", Commitment: "sp"),
            new("ec2-m6i-spot", "Amazon Elastic Compute Cloud", "Compute", "Virtual Machines", "SpotUsage:m6i.xlarge", "Hours", 0.0842m, 3, "b", 3, "instance"),
            new("ec2-gp3", "Amazon Elastic Compute Cloud", "Storage", "Block Storage", "EBS:VolumeUsage.gp3", "GB-Month", 0.096m, 5, "b", 5, "volume"),
            new("ec2-snapshot", "Amazon Elastic Compute Cloud", "Storage", "Backup Storage", "EBS:SnapshotUsage", "GB-Month", 0.05m, 1.6, "b", 3, "snapshot"),
            new("ec2-nat", "Amazon Virtual Private Cloud", "Networking", "Network Connectivity", "NatGateway-Bytes", "GB", 0.062m, 2.4, "b", 2, "natgateway"),
            new("vpc-nathour", "Amazon Virtual Private Cloud", "Networking", "Network Connectivity", "NatGateway-Hours", "Hours", 0.062m, 0.5, "b", 2, "natgateway"),
            new("vpc-ipv4", "Amazon Virtual Private Cloud", "Networking", "Network Infrastructure", "PublicIPv4:InUseAddress", "Hours", 0.005m, 0.4, "b", 4, "address"),
            new("dt-out", "AWS Data Transfer", "Networking", "Network Connectivity", "DataTransfer-Out-Bytes", "GB", 0.114m, 4.5, "w", 2, "transfer"),
            new("dt-az", "AWS Data Transfer", "Networking", "Network Connectivity", "DataTransfer-Regional-Bytes", "GB", 0.01m, 1.4, "b", 2, "transfer"),
            new("rds-aurora", "Amazon Relational Database Service", "Databases", "Relational Databases", "InstanceUsage:db.r6g.2xl", "Hours", 1.254m, 15, "wd", 1, "db", Hourly: true, Core: true, Commitment: "ri"),
            new("rds-storage", "Amazon Relational Database Service", "Databases", "Relational Databases", "Aurora:StorageUsage", "GB-Month", 0.12m, 2.5, "wd", 2, "cluster"),
            new("rds-io", "Amazon Relational Database Service", "Databases", "Relational Databases", "Aurora:StorageIOUsage", "1M IOs", 0.24m, 2, "wd", 2, "cluster"),
            new("dynamodb-wru", "Amazon DynamoDB", "Databases", "NoSQL Databases", "WriteRequestUnits", "1M Requests", 1.4269m, 2.2, "w", 4, "table"),
            new("dynamodb-rru", "Amazon DynamoDB", "Databases", "NoSQL Databases", "ReadRequestUnits", "1M Requests", 0.2854m, 1.4, "w", 4, "table"),
            new("elasticache-r6g", "Amazon ElastiCache", "Databases", "Caching", "NodeUsage:cache.r6g.large", "Hours", 0.247m, 3.2, "w", 3, "cluster"),
            new("s3-standard", "Amazon Simple Storage Service", "Storage", "Object Storage", "TimedStorage-ByteHrs", "GB-Month", 0.025m, 3.6, "b", 4, "bucket"),
            new("s3-tier1", "Amazon Simple Storage Service", "Storage", "Object Storage", "Requests-Tier1", "1K Requests", 0.0047m, 0.7, "b", 4, "bucket"),
            new("s3-tier2", "Amazon Simple Storage Service", "Storage", "Object Storage", "Requests-Tier2", "10K Requests", 0.0037m, 0.5, "b", 4, "bucket"),
            new("eks-cluster", "Amazon Elastic Kubernetes Service", "Compute", "Containers", "AmazonEKS-Hours:perCluster", "Hours", 0.1m, 0.8, "b", 1, "cluster"),
            new("lambda-gbs", "AWS Lambda", "Compute", "Serverless Compute", "Lambda-GB-Second", "1K GB-Seconds", 0.016667m, 1.6, "b", 5, "function"),
            new("elb-lcu", "Elastic Load Balancing", "Networking", "Application Networking", "LCUUsage", "LCU-Hours", 0.008m, 1.4, "w", 3, "loadbalancer"),
            new("cloudfront-out", "Amazon CloudFront", "Networking", "Content Delivery", "JP-DataTransfer-Out-Bytes", "GB", 0.114m, 3.8, "w", 2, "distribution"),
            new("sqs-requests", "Amazon Simple Queue Service", "Integration", "Messaging", "Requests-Tier1", "1M Requests", 0.4m, 0.6, "b", 4, "queue"),
            new("logs-ingest", "Amazon CloudWatch", "Management and Governance", "Observability", "DataProcessing-Bytes", "GB", 0.76m, 2.6, "bo", 4, "log-group"),
            new("cloudwatch-metrics", "Amazon CloudWatch", "Management and Governance", "Observability", "CW:MetricMonitorUsage", "Metrics", 0.3m, 1.1, "bo", 2, "metric"),
            new("kms-requests", "AWS Key Management Service", "Security", "Secret Management", "Requests", "10K Requests", 0.03m, 0.3, "b", 2, "key"),
            new("glue-dpu", "AWS Glue", "Analytics", "Data Processing", "ETL-DPU-Hour", "DPU-Hours", 0.44m, 3, "d", 3, "job"),
            new("athena-scan", "Amazon Athena", "Analytics", "Data Processing", "DataScannedInTB", "TB", 5m, 1.4, "d", 3, "workgroup"),
            new("tgw-bytes", "AWS Transit Gateway", "Networking", "Network Routing", "TransitGateway-Bytes", "GB", 0.02m, 8, "n", 3, "attachment", Core: true),
            new("dx-port", "AWS Direct Connect", "Networking", "Network Connectivity", "PortUsage:1G", "Hours", 0.285m, 5, "n", 2, "dxcon"),
            new("guardduty-events", "Amazon GuardDuty", "Security", "Threat Detection and Response", "PaidEventsAnalyzed", "1M Events", 4.72m, 2, "no", 1, "detector"),
        ],
    };
}
