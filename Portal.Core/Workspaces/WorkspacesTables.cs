using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Workspaces;

internal static class WorkspacesTables
{
    public static void Configure(ModelBuilder model)
    {
        Workspace.Configure(model);
        WorkspacePlacement.Configure(model);
        Project.Configure(model);
        LabelKey.Configure(model);
        Quotas.QuotaTables.Configure(model);
    }
}
