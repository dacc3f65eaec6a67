using Hexabase.Portal.Costs.Storage;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Costs.Imports;

/// <summary>An import that was queued.</summary>
public sealed record StartedCostImport(Guid JobId, Guid ImportId);

/// <summary>Queues the import of a file that lies in the spool.</summary>
/// <param name="SpoolFile">A path that <see cref="CostImportSpool.NewFile"/> gave out, written to the end.</param>
/// <param name="FileName">The file's own name, for people.</param>
/// <param name="OnError">"reject" (the default) or "skip".</param>
/// <param name="Mode">"append" (the default) or "replace".</param>
/// <param name="Node">The replica that holds the file; null = this one.</param>
public sealed record StartCostImport(string Org, string SpoolFile, string? FileName, string? OnError = null, string? Mode = null, string? Node = null) : Command<StartedCostImport>
{
    public override string Action => "costs.import";

    public override string OrganizationKey => Org;

    public override Permission? Permission => CostsPermissions.Import;

    public override Task<Result<StartedCostImport>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var spool = scope.Service<CostImportSpool>();
        var errors = new List<FieldError>();
        OnImportError? onError = OnError switch { null or "" or "reject" => OnImportError.Reject, "skip" => OnImportError.Skip, _ => null };
        CostImportMode? mode = Mode switch { null or "" or "append" => CostImportMode.Append, "replace" => CostImportMode.Replace, _ => null };
        if (onError is null) errors.Add(new FieldError("onError", "import.onError", "onError is reject or skip."));
        if (mode is null) errors.Add(new FieldError("mode", "import.mode", "mode is append or replace."));
        if (TextRule.Check("name", string.IsNullOrWhiteSpace(FileName) ? "upload.csv" : FileName, 300, out var name) is { } nameError) errors.Add(nameError);
        if (spool.NameOf(SpoolFile) is not { } spoolName || !File.Exists(SpoolFile)) return Task.FromResult<Result<StartedCostImport>>(Problem.Refused("import.fileMissing", "The uploaded file is not there. Upload it again."));
        if (errors.Count > 0 || onError is not { } checkedOnError || mode is not { } checkedMode) return Task.FromResult<Result<StartedCostImport>>(Problem.Invalid(errors));

        var node = Node ?? spool.Node;
        var jobId = Ids.New();
        var import = CostImport.Create(scope.OrganizationId, jobId, name, spoolName, node, checkedMode, checkedOnError, scope.Actor.Name, scope.NowUtc);
        scope.Db.Add(import);
        scope.Queue(CostImportJob.Kind, name, new CostImportInput(import.Id), node, jobId);
        scope.Audit("costImport", import.Id, name);
        return Task.FromResult<Result<StartedCostImport>>(new StartedCostImport(jobId, import.Id));
    }
}

internal sealed record CostImportInput(Guid ImportId);
