using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Access.Sso;

public static class SsoPermissions
{
    public static readonly Permission Read = new("sso", "read");
    public static readonly Permission Write = new("sso", "write");
}
