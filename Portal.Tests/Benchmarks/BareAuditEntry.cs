using System.Security.Cryptography;
using Hexabase.Portal.Kernel;
using Microsoft.Extensions.Configuration;
using Npgsql;

namespace Hexabase.Portal.Benchmarks;

/// <summary>An audit entry as bare Npgsql writes it: the same columns and bytes that the gateway writes, nothing computed.</summary>
internal static class BareAuditEntry
{
    private static readonly byte[] Sealed = RandomNumberGenerator.GetBytes(28 + 24);
    private static readonly byte[] Commitment = RandomNumberGenerator.GetBytes(32);
    private static readonly Guid Key = Ids.New();

    public static NpgsqlBatchCommand Insert(string table, Guid organization, DateTime now, Guid id) =>
        new($"INSERT INTO {table} (id, organization_id, occurred_at_utc, recorded_at_utc, actor_kind, user_id, action, resource_kind, resource_id, resource_name, status, new_value, permission, scope, decision, source, touched, retention_days, actor_key_id, actor_sealed, actor_commitment) VALUES ($1, $2, $3, $3, 'person', $4, 'businessUnit.create', 'businessUnit', $5, 'Bench unit', 'Success', $6, 'businessUnits:write', 'platform', $7, 'portal', $8, 2557, $9, $10, $11) RETURNING position")
        {
            Parameters =
            {
                new() { Value = Ids.New() }, new() { Value = organization }, new() { Value = now }, new() { Value = id }, new() { Value = id.ToString() },
                new() { Value = $"{{\"id\":\"{id}\",\"slug\":\"{id:N}\",\"name\":\"Bench unit\",\"isArchived\":false}}" },
                new() { Value = "{\"allowed\":true,\"role\":\"serviceAdmin\",\"considered\":[\"serviceAdmin\"]}" }, new() { Value = $"[[\"{organization}\",\"businessUnits\",\"{id}\",1]]" },
                new() { Value = Key }, new() { Value = Sealed }, new() { Value = Commitment },
            },
        };

    /// <summary>Keys and checkpoints of a benchmark's portal, in a directory of its own.</summary>
    public static IConfiguration Settings()
    {
        var directory = Path.Combine(Path.GetTempPath(), $"portal-bench-keys-{Environment.ProcessId}");
        return new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Audit:KeysDirectory"] = Path.Combine(directory, "keys"),
            ["Audit:CheckpointDirectory"] = Path.Combine(directory, "checkpoints"),
            ["Audit:Signing:DataDirectory"] = directory,
        }).Build();
    }
}
