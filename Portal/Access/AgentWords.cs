using Hexabase.Portal.Shell;

namespace Hexabase.Portal.Access;

/// <summary>A User-Agent header in words a person recognises: "Chrome, Windows". Order matters: most browsers claim to be others too.</summary>
internal static class AgentWords
{
    private static readonly (string Sign, string Name)[] Browsers =
        [("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"), ("curl/", "curl")];

    private static readonly (string Sign, string Name)[] Systems =
        [("Windows", "Windows"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux")];

    public static string Of(string? userAgent, Text text)
    {
        if (string.IsNullOrEmpty(userAgent)) return text["account.unknownBrowser"];
        var browser = Find(Browsers, userAgent);
        var system = Find(Systems, userAgent);
        if (browser is null) return system ?? text["account.unknownBrowser"];
        return system is null ? browser : $"{browser}, {system}";
    }

    private static string? Find((string Sign, string Name)[] signs, string text) =>
        Array.Find(signs, s => text.Contains(s.Sign, StringComparison.Ordinal)).Name;
}
