using Hexabase.Portal.Access.Policies;
using Hexabase.Portal.Shell;

namespace Hexabase.Portal.Access;

/// <summary>Words for how somebody signed in and for whom a second factor is asked.</summary>
internal static class SessionWords
{
    public static string Method(Text text, string method, bool mfa)
    {
        var word = text.Has($"sessions.method.{method}") ? text[$"sessions.method.{method}"] : method;
        return mfa && method != SignInMethods.Passkey ? $"{word} + {text["sessions.mfa"]}" : word;
    }

    public static string Rule(MfaRule rule) => rule switch
    {
        MfaRule.Nobody => "sessions.mfaNobody",
        MfaRule.Admins => "sessions.mfaAdmins",
        MfaRule.Everybody => "sessions.mfaEverybody",
        _ => throw new InvalidOperationException($"Unknown rule {rule}."),
    };
}
