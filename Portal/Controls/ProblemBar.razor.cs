using Hexabase.Portal.Shell;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Controls;

/// <summary>An error at a field: the id of its input and what is wrong with it.</summary>
public sealed record FieldProblem(string FieldId, string Message);

/// <summary>Says what happened, what was kept, what to do; counts the fields in error and leads to each.</summary>
public sealed partial class ProblemBar
{
    [Parameter] public string? What { get; set; }

    [Parameter] public string? Kept { get; set; }

    [Parameter] public string? Do { get; set; }

    [Parameter] public Tone Tone { get; set; } = Tone.Bad;

    [Parameter] public IReadOnlyList<FieldProblem> Fields { get; set; } = [];

    /// <summary>A button, such as "Try again".</summary>
    [Parameter] public RenderFragment? ChildContent { get; set; }

    [Inject] private Text T { get; set; } = default!;

    [Inject] private NavigationManager Navigation { get; set; } = default!;

    // With <base href="/"> a bare fragment would lead to the start page.
    private string Link(FieldProblem field) => Navigation.Uri.Split('#')[0] + "#" + field.FieldId;
}
