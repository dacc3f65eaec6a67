using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Access;

public static class AccessPermissions
{
    public static readonly Permission ReadPeople = new("people", "read");
    public static readonly Permission WritePeople = new("people", "write");
    /// <summary>Who of the members is signed in where, and the session policy.</summary>
    public static readonly Permission ReadSessions = new("sessions", "read");
    public static readonly Permission WriteSessions = new("sessions", "write");
    public static readonly Permission ReadTokens = new("tokens", "read");
    public static readonly Permission WriteTokens = new("tokens", "write");

    /// <summary>Tokens of service administrators.</summary>
    public static readonly Permission PlatformTokens = new("platform", "tokens");

    /// <summary>What the portal writes about itself: refusals counted at its edge, tokens made by its operator.</summary>
    public static readonly Permission PlatformOperate = new("platform", "operate");
}
