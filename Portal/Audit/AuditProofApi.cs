using Hexabase.Portal.Audit.Log;
using Hexabase.Portal.Audit.Persons;
using Hexabase.Portal.Hosting;

namespace Hexabase.Portal.Audit;

/// <summary>Checkpoints, keys and proofs of an organization's audit log.</summary>
internal static class AuditProofApi
{
    public static void MapAuditProofs(this RouteGroupBuilder api)
    {
        api.MapGet("/organizations/{org}/audit/checkpoint", CheckpointAsync).WithName("getAuditCheckpoint").WithSummary("The newest signed checkpoint: a C2SP tlog-checkpoint note").WithTags("Audit").Produces<string>(200, "text/plain");
        api.MapGet("/organizations/{org}/audit/keys", (string org, ApiCall call) => call.AskAsync(new ListAuditKeys(org), keys => new { keys }))
            .WithName("listAuditKeys").WithSummary("The public keys that checkpoints of the log may carry").WithTags("Audit");
        api.MapGet("/organizations/{org}/audit/state", (string org, ApiCall call) => call.AskAsync(new GetAuditLogState(org), s => s))
            .WithName("getAuditLogState").WithSummary("Size of the tree, newest checkpoint, and how what was published outside the database stands to it").WithTags("Audit");
        api.MapGet("/organizations/{org}/audit/{index:long}/proof", (string org, long index, long? treeSize, ApiCall call) => call.AskAsync(new GetInclusionProof(org, index, treeSize), p => p))
            .WithName("getAuditProof").WithSummary("RFC 9162 inclusion proof of one entry, with the leaf's canonical bytes").WithTags("Audit");
        api.MapGet("/organizations/{org}/audit/consistency", (string org, long from, long? to, ApiCall call) => call.AskAsync(new GetConsistencyProof(org, from, to), p => p))
            .WithName("getAuditConsistency").WithSummary("RFC 9162 consistency proof between two sizes of the log").WithTags("Audit");
        api.MapPost("/organizations/{org}/audit/erasures", (string org, ErasureBody body, ApiCall call) => call.SendAsync(new ErasePerson(org, body.UserId, body.Name, body.Reason ?? ""), r => r))
            .WithName("eraseAuditPerson").WithSummary("Destroys the keys under which the log sealed what names a person; every proof stays valid").WithTags("Audit");
        // Of the platform as a whole: all logs are under one master key.
        api.MapPost("/audit/key-rotations", (ApiCall call) => call.StartAsync(new RotateAuditKey(), id => id))
            .WithName("rotateAuditKey").WithSummary("Wraps every person's key under the current master key, as a job; previous master keys are read meanwhile").WithTags("Audit");
    }

    private sealed record ErasureBody(Guid? UserId, string? Name, string? Reason);

    private static async Task<IResult> CheckpointAsync(string org, ApiCall call)
    {
        var result = await call.Portal.AskAsync(call.Actor, new GetAuditCheckpoint(org), call.Aborted);
        return result.TryGet(out var checkpoint, out var problem) ? Results.Text(checkpoint.Note, "text/plain; charset=utf-8") : call.Refuse(problem);
    }
}
