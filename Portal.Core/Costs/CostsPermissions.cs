using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Costs;

public static class CostsPermissions
{
    public static readonly Permission Read = new("costs", "read");
    public static readonly Permission Import = new("costs", "import");
    public static readonly Permission Export = new("costs", "export");
    public static readonly Permission ReadAllocation = new("allocation", "read");
    public static readonly Permission WriteAllocation = new("allocation", "write");
}
