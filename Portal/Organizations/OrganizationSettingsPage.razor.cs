using Hexabase.Portal.Kernel;
using Hexabase.Portal.Workspaces;

namespace Hexabase.Portal.Organizations;

/// <summary>What holds for the whole organization: its settings, what its plan includes, and the label keys it has agreed on.</summary>
public sealed partial class OrganizationSettingsPage
{
    private OrganizationRow? _row;
    private IReadOnlyList<LabelKeyRow> _keys = [];

    protected override IReadOnlyCollection<string> Topics => [LiveTopic.Organizations, LiveTopic.Workspaces];

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        _row = await AskAsync(new GetOrganization(Org ?? "")) ?? _row;
        if (_row is not null && May(WorkspacesPermissions.Read))
            _keys = (await AskAsync(new ListLabelKeys(Org ?? "", new PageRequest(PageRequest.MaxLimit))))?.Items ?? _keys;
    }

    private static IEnumerable<(string Key, bool Included)> Entitlements(PlanEntitlements plan) =>
    [
        ("settings.compliancePacks", plan.CompliancePacks), ("settings.privateNetworking", plan.PrivateNetworking), ("settings.scaleOut", plan.ScaleOut),
        ("settings.pointInTime", plan.PointInTimeRecovery), ("settings.sso", plan.SsoEnforcement), ("settings.siem", plan.SiemExport), ("settings.customRoles", plan.CustomRoles),
    ];
}
