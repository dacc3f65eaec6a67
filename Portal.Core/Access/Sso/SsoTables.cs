using Hexabase.Portal.Access.Sso.Connections;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Sso;

internal static class SsoTables
{
    public static void Configure(ModelBuilder model)
    {
        SsoConnection.Configure(model);
        SsoKey.Configure(model);
        SsoDomain.Configure(model);
        SsoGroupMapping.Configure(model);
        SsoGrant.Configure(model);
        SsoSubject.Configure(model);
        SsoAttempt.Configure(model);
        BreakGlass.Configure(model);
    }
}
