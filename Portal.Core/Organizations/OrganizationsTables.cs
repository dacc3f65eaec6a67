using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Organizations;

internal static class OrganizationsTables
{
    public static void Configure(ModelBuilder model)
    {
        Organization.Configure(model);
        BusinessUnit.Configure(model);
        StructureLock.Configure(model);
    }
}
