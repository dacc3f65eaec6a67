using Hexabase.Portal.Costs.Reports;

namespace Hexabase.Portal.Costs;

/// <summary>One line of the cost-allocation report.</summary>
/// <param name="Id">Unique in the report, stable.</param>
/// <param name="Depth">0 business unit, 1 workspace, 2 project.</param>
/// <param name="Href">Below the organization.</param>
public sealed record StatementLine(string Id, int Depth, string Name, string? Note, string? CostCenter, WideAmount Amount, WideAmount Markup, string? Href = null);

/// <summary>The words that the lines need.</summary>
internal sealed record StatementWords(string Unallocated, string CentersOnly, string Direct, string Contra, string Without, Func<UnallocatedRow, string> Note);

/// <summary>Puts a statement's rows into a tree: each business unit with its sum, below it workspaces with theirs, below them projects; pure.</summary>
internal static class StatementLines
{
    public static IReadOnlyList<StatementLine> Of(IReadOnlyList<CostStatementRow> rows, IReadOnlyList<UnallocatedRow> unallocated, StatementWords words)
    {
        var lines = new List<StatementLine>();
        foreach (var unit in rows.Where(r => !r.IsUnallocated).GroupBy(r => (r.BusinessUnit, r.BusinessUnitName)))
        {
            lines.Add(Line($"u:{unit.Key.BusinessUnit}", 0, unit.Key.BusinessUnitName ?? words.CentersOnly, unit, unit.Key.BusinessUnit is { } slug ? $"business-units?id={slug}" : null));
            foreach (var workspace in unit.GroupBy(r => (r.Workspace, r.WorkspaceName)))
            {
                var at = $"u:{unit.Key.BusinessUnit}/w:{workspace.Key.Workspace}";
                if (workspace.Key.Workspace is null)
                {
                    // What goes to the unit itself, or to cost centers without a unit.
                    lines.AddRange(workspace.GroupBy(r => r.CostCenter).Select(c => Line($"{at}/c:{c.Key}", 1, unit.Key.BusinessUnit is null ? c.Key ?? words.Without : words.Direct, c)));
                    continue;
                }

                lines.Add(Line(at, 1, workspace.Key.WorkspaceName ?? workspace.Key.Workspace, workspace, $"workspaces/{workspace.Key.Workspace}"));
                if (workspace.All(r => r.Project is null)) continue;
                lines.AddRange(workspace.GroupBy(r => (r.Project, r.ProjectName)).Select(p => Line($"{at}/p:{p.Key.Project}", 2, p.Key.ProjectName ?? words.Direct, p)));
            }
        }

        var rest = rows.Where(r => r.IsUnallocated).ToList();
        if (rest.Count > 0)
        {
            lines.Add(Line("-", 0, words.Unallocated, rest, "allocation?tab=unallocated"));
            lines.AddRange(unallocated.Select(u => new StatementLine($"-:{u.Service}|{u.SubAccount}|{u.Owner}|{u.Reason}", 1, u.Service ?? words.Without, words.Note(u), null, u.Amount.Amount, WideAmount.Zero)));
        }

        // What is added here is taken off there, so that the report stays the bill.
        var markup = rows.Select(r => r.Markup).Sum();
        if (!markup.IsZero) lines.Add(new StatementLine("contra", 0, words.Contra, null, null, WideAmount.Zero, WideAmount.Zero - markup));
        return lines;
    }

    private static StatementLine Line(string id, int depth, string name, IEnumerable<CostStatementRow> rows, string? href = null)
    {
        var all = rows.ToList();
        var centers = all.Select(r => r.CostCenter).Distinct(StringComparer.Ordinal).ToList();
        return new StatementLine(id, depth, name, null, centers.Count == 1 ? centers[0] : null, all.Select(r => r.Amount).Sum(), all.Select(r => r.Markup).Sum(), href);
    }
}
