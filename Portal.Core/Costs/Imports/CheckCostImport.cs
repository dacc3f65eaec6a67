using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Costs.Imports;

/// <summary>Whether an import may be sent at all, asked before its file is taken: the rights and the options, not the content.</summary>
public sealed record CheckCostImport(string Org, string? FileName, string? OnError = null, string? Mode = null) : Query<Done>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => CostsPermissions.Import;

    public override Task<Result<Done>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var errors = new List<FieldError>();
        if (OnError is not (null or "" or "reject" or "skip")) errors.Add(new FieldError("onError", "import.onError", "onError is reject or skip."));
        if (Mode is not (null or "" or "append" or "replace")) errors.Add(new FieldError("mode", "import.mode", "mode is append or replace."));
        if (!string.IsNullOrWhiteSpace(FileName) && TextRule.Check("name", FileName, 300, out _) is { } nameError) errors.Add(nameError);
        return Task.FromResult<Result<Done>>(errors.Count > 0 ? Problem.Invalid(errors) : default(Done));
    }
}
