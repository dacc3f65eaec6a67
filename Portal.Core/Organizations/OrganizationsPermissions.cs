using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Organizations;

public static class OrganizationsPermissions
{
    public static readonly Permission Create = new("organizations", "create");
    public static readonly Permission Read = new("organizations", "read");
    public static readonly Permission Write = new("organizations", "write");
    public static readonly Permission ReadBusinessUnits = new("businessUnits", "read");
    public static readonly Permission WriteBusinessUnits = new("businessUnits", "write");
}
