using Hexabase.Portal.Shell;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Controls;

/// <summary>What an input inside a <see cref="FormField"/> puts on itself: <c>id</c>, <c>aria-describedby</c>, <c>aria-invalid</c>.</summary>
public sealed record FieldIds(string Id, string? DescribedBy, string? Invalid);

/// <summary>Label above, input, help under it, error at it. The input is any native element: <c>&lt;FormField ... Context="f"&gt;&lt;input class="input" id="@f.Id" .../&gt;</c>.</summary>
public sealed partial class FormField
{
    /// <summary>Unique on the page; ProblemBar links to it.</summary>
    [Parameter, EditorRequired] public required string Id { get; set; }

    [Parameter, EditorRequired] public required string Label { get; set; }

    [Parameter] public string? Help { get; set; }

    [Parameter] public string? Error { get; set; }

    [Parameter] public bool Optional { get; set; }

    [Parameter, EditorRequired] public required RenderFragment<FieldIds> ChildContent { get; set; }

    [Inject] private Text T { get; set; } = default!;

    private FieldIds Ids
    {
        get
        {
            var described = string.Join(' ', new[] { Error is null ? null : Id + "-error", Help is null ? null : Id + "-help" }.OfType<string>());
            return new(Id, described.Length > 0 ? described : null, Error is null ? null : "true");
        }
    }
}
