using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Costs.Reports;

/// <summary>A cost report that leaves the portal as a file: the same figures as <see cref="GetCosts"/>, with a permission and an audit entry of its own.</summary>
public sealed record ExportCosts(string Org, CostQuery Query) : Query<CostReport>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => CostsPermissions.Export;

    public override bool IsProtected => true;

    public override Task<Result<CostReport>> HandleAsync(ReadScope scope, CancellationToken cancellationToken) => new GetCosts(Org, Query).HandleAsync(scope, cancellationToken);
}
