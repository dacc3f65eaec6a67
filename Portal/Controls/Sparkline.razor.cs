using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Controls;

/// <summary>A small line without axes, drawn as plain SVG on the server: a table of a hundred needs no script. Null values break the line.</summary>
public sealed partial class Sparkline
{
    [Parameter, EditorRequired] public required IReadOnlyList<double?> Values { get; set; }

    /// <summary>Series colour 0 to 8; 0 is grey (unallocated).</summary>
    [Parameter] public int Series { get; set; } = 1;

    [Parameter] public int Width { get; set; } = 106;

    [Parameter] public int Height { get; set; } = 24;

    /// <summary>What a screen reader says: the course in words.</summary>
    [Parameter, EditorRequired] public required string Label { get; set; }

    private string Path
    {
        get
        {
            var known = Values.OfType<double>().Where(double.IsFinite).ToArray();
            if (known.Length == 0) return "";
            var (low, high) = (known.Min(), known.Max());
            var path = new StringBuilder();
            var pen = 'M';
            for (var i = 0; i < Values.Count; i++)
            {
                if (Values[i] is not { } value || !double.IsFinite(value))
                {
                    pen = 'M';
                    continue;
                }

                var x = Values.Count == 1 ? Width / 2d : i * (double)Width / (Values.Count - 1);
                var y = high > low ? Height - 2 - ((value - low) / (high - low) * (Height - 4)) : Height / 2d;
                path.Append(CultureInfo.InvariantCulture, $"{pen}{x:0.#} {y:0.#}");
                pen = 'L';
            }

            return path.ToString();
        }
    }
}
