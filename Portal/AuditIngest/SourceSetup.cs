using Hexabase.Portal.Shell;

namespace Hexabase.Portal.AuditIngest;

/// <summary>One thing to copy while a source is connected.</summary>
internal sealed record SetupStep(string Title, string Text, string? Help = null);

/// <summary>What to put where, source by source; <c>$TOKEN</c> stands for the token.</summary>
internal static class SourceSetup
{
    public static IReadOnlyList<SetupStep> Of(string source, string endpoint, Text text) => source switch
    {
        "kubernetes" =>
        [
            new(text["sources.setup.kubeconfig"], $$"""
                apiVersion: v1
                kind: Config
                clusters:
                - name: portal
                  cluster:
                    server: {{endpoint}}
                users:
                - name: audit
                  user:
                    token: $TOKEN
                contexts:
                - name: audit
                  context: {cluster: portal, user: audit}
                current-context: audit
                """, text["sources.setup.kubeconfigHelp"]),
            new(text["sources.setup.policy"], """
                apiVersion: audit.k8s.io/v1
                kind: Policy
                omitStages: [RequestReceived]
                rules:
                - level: None
                  verbs: [get, list, watch]
                  users: ["system:kube-proxy", "system:apiserver"]
                - level: Metadata
                  resources: [{group: "", resources: [secrets, configmaps]}]
                - level: Request
                """),
            new(text["sources.setup.flags"], "--audit-policy-file=/etc/kubernetes/audit-policy.yaml --audit-webhook-config-file=/etc/kubernetes/audit-webhook.yaml --audit-webhook-mode=batch --audit-webhook-initial-backoff=2s"),
        ],
        "cloudtrail" =>
        [
            new(text["sources.setup.cloudtrail"], $"aws s3 cp s3://$BUCKET/AWSLogs/$FILE.json.gz - | {Curl(endpoint, gzip: true)}", text["sources.setup.cloudtrailHelp"]),
        ],
        "okta" =>
        [
            new(text["sources.setup.okta"], $"curl -sS -H \"Authorization: SSWS $OKTA_TOKEN\" \"https://$OKTA_DOMAIN/api/v1/logs?since=$SINCE&limit=1000\" | {Curl(endpoint)}", text["sources.setup.repeatHelp"]),
        ],
        "github" =>
        [
            new(text["sources.setup.github"], $"gh api --paginate \"/orgs/$ORGANIZATION/audit-log?include=all&per_page=100\" --jq '.[]' | {Curl(endpoint)}", text["sources.setup.repeatHelp"]),
        ],
        "azure" =>
        [
            new(text["sources.setup.azure"], $"az monitor activity-log list --offset 1d -o json | {Curl(endpoint)}", text["sources.setup.azureHelp"]),
        ],
        "gcp" =>
        [
            new(text["sources.setup.gcp"], $"gcloud logging read 'logName:\"cloudaudit.googleapis.com\"' --freshness=1d --format=json | {Curl(endpoint)}", text["sources.setup.repeatHelp"]),
        ],
        _ =>
        [
            new(text["sources.setup.generic"], $"{Curl(endpoint).Replace("-T -", "-T events.jsonl", StringComparison.Ordinal)}", text["sources.setup.genericHelp"]),
        ],
    };

    private static string Curl(string endpoint, bool gzip = false) =>
        $"curl -sS -X POST -H \"Authorization: Bearer $TOKEN\"{(gzip ? " -H \"Content-Encoding: gzip\"" : "")} -T - \"{endpoint}\"";
}
