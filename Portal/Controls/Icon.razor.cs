using System.Collections.Frozen;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Controls;

/// <summary>A 16-px stroke drawing. Decoration only: the word stands beside it or in the button's label. An unknown name throws, so that a typo fails the first test that draws it.</summary>
public sealed partial class Icon
{
    private static readonly FrozenDictionary<string, MarkupString> Drawings = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["home"] = "M2 7l6-5 6 5v7H2z", ["org"] = "M6 2h4v4H6zM2 10h4v4H2zM10 10h4v4h-4zM8 6v2M4 10V8h8v2", ["workspace"] = "M2 3h12v10H2zM2 6h12", ["quota"] = "M2 13V8M6 13V3M10 13V6M14 13V9",
        ["people"] = "M9 5a3 3 0 11-6 0 3 3 0 016 0M1 14c0-3 2-5 5-5s5 2 5 5M11 2.2a3 3 0 010 5.6M12.5 9.5c1.700.6 2.500 2.300 2.500 4.500", ["person"] = "M11 5a3 3 0 11-6 0 3 3 0 016 0M2.500 14c0-3 2.200-5 5.500-5s5.500 2 5.500 5",
        ["cost"] = "M2 13l4-5 3 3 5-8", ["budget"] = "M8 2a6 6 0 106 6H8z", ["list"] = "M3 4h10M3 8h10M3 12h6", ["import"] = "M8 2v8M5 7l3 3 3-3M2 13h12", ["export"] = "M8 10V2M5 5l3-3 3 3M2 13h12",
        ["search"] = "M11.500 7a4.500 4.500 0 11-9 0 4.500 4.500 0 019 0M10.500 10.500L14 14", ["shield"] = "M8 1l6 2v5c0 4-3 6-6 7-3-1-6-3-6-7V3z", ["pulse"] = "M1 9h3l2-5 3 9 2-6 1 2h3",
        ["menu"] = "M2 4h12M2 8h12M2 12h12", ["close"] = "M3.500 3.500l9 9M12.500 3.500l-9 9", ["check"] = "M3 8.500l3.500 3.500L13 4.500", ["plus"] = "M8 3v10M3 8h10", ["minus"] = "M3 8h10", ["down"] = "M4 6l4 4 4-4", ["right"] = "M6 4l4 4-4 4", ["left"] = "M10 4l-4 4 4 4",
        ["alert"] = "M8 2L1.500 13.500h13zM8 6.500v3M8 11.500v.1", ["info"] = "M14 8A6 6 0 112 8a6 6 0 0112 0M8 7.500V11M8 5v.1", ["ok"] = "M14 8A6 6 0 112 8a6 6 0 0112 0M5.500 8l2 2 3.200-3.800", ["copy"] = "M5.500 5.500h8v8h-8zM10.500 5V2.500h-8v8H5", ["columns"] = "M2 3h12v10H2zM6.500 3v10M10 3v10",
        ["keyboard"] = "M1.500 4h13v8h-13zM4 6.700h.1M6.600 6.700h.1M9.200 6.700h.1M11.800 6.700h.1M5 9.500h6", ["sign-out"] = "M6 2H2.500v12H6M6 8h8M11 5l3 3-3 3", ["settings"] = "M2 4.500h7M13 4.500h1M2 11.500h1M7 11.500h7M13 4.500a2 2 0 11-4 0 2 2 0 014 0M7 11.500a2 2 0 11-4 0 2 2 0 014 0", ["key"] = "M9 6.500a3.500 3.500 0 11-7 0 3.500 3.500 0 017 0M8 8.500l6 5.500M11.500 11.600l1.800-1.800",
        ["clock"] = "M14 8A6 6 0 112 8a6 6 0 0112 0M8 4.500V8l2.500 1.500", ["calendar"] = "M2 3.500h12V14H2zM2 6.500h12M5 1.500v3M11 1.500v3", ["filter"] = "M2 3h12L9.500 8.500V13l-3-1.500v-3z", ["tag"] = "M2 2h5.500L14 8.500 8.500 14 2 7.500zM5 5h.1", ["link"] = "M6.500 9.500l3-3M7 4.500l1.500-1.500a3 3 0 014.500 4.200L11.500 9M9 11.500L7.500 13A3 3 0 013 8.800L4.500 7",
        ["job"] = "M13.500 8a5.500 5.500 0 11-1.600-3.900M12.500 1.500v3h-3", ["file"] = "M3.500 1.500h6l3 3v10h-9zM9 1.500V5h3.500", ["table"] = "M2 3h12v10H2zM2 6.500h12M2 10h12M6.500 6.500V13", ["chart"] = "M2 2v12h12M5 11V8M8 11V5M11 11V7", ["bell"] = "M3.500 11.500c1-1 1-2.500 1-4.500a3.500 3.500 0 017 0c0 2 0 3.500 1 4.500zM6.500 13.500h3", ["edit"] = "M2.500 13.500l.7-3L10.500 3.200l2.300 2.300-7.300 7.300z", ["trash"] = "M2.500 4h11M6 4V2h4v2M4 4l.7 10h6.600L12 4", ["more"] = "M3.500 8h.1M8 8h.1M12.400 8h.1", ["external"] = "M6 3H3v10h10v-3M9 2.500h4.500V7M13 3L7.500 8.500", ["play"] = "M4 2.500l9 5.500-9 5.500z", ["stop"] = "M3.500 3.500h9v9h-9z", ["image"] = "M2 3h12v10H2zM2 11l3.500-3.500 3 3L11 8l3 3M10.500 5.500h.1", ["scales"] = "M8 2v12M4.500 14h7M3 4.500h10M3 4.500L1.500 9h3zM13 4.500L11.500 9h3z", ["network"] = "M8 5.500v3M8 8.500l-4 2.500M8 8.500l4 2.500M6.500 2.500h3v3h-3zM1.500 11h3v3h-3zM11.500 11h3v3h-3z", ["sun"] = "M11 8a3 3 0 11-6 0 3 3 0 016 0M8 1v1.500M8 13.500V15M1 8h1.500M13.500 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1",
        ["star"] = "M8 1.800l1.900 4 4.300.500-3.200 3 .900 4.300L8 11.400l-3.900 2.200.900-4.300-3.200-3 4.300-.500z", ["bookmark"] = "M4 2h8v12l-4-3-4 3z",
    }.ToFrozenDictionary(pair => pair.Key, pair => new MarkupString($"<path d=\"{pair.Value}\"/>"), StringComparer.Ordinal);

    public static IEnumerable<string> Names => Drawings.Keys;

    [Parameter, EditorRequired] public required string Name { get; set; }

    [Parameter] public string? Class { get; set; }

    private MarkupString Drawing => Drawings.TryGetValue(Name, out var drawing) ? drawing : throw new InvalidOperationException($"There is no icon '{Name}'.");
}
