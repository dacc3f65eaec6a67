using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Organizations;

/// <summary>The version a row will have after the commit: the gateway raises it by one where something changed.</summary>
internal static class NextVersion
{
    public static long Of<T>(WriteScope scope, T row)
        where T : class, IVersioned
    {
        var state = scope.Db.Entry(row).State;
        return state switch
        {
            EntityState.Added => 1,
            EntityState.Modified => row.Version + 1,
            _ => row.Version,
        };
    }
}
