using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Hexabase.Portal.Data;
using Hexabase.Portal.Organizations;
using Hexabase.Portal.Workspaces;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Costs.Reports;

/// <summary>Slugs and names of the workspaces, projects and business units that a report shows or filters by.</summary>
internal sealed class CostNames
{
    private readonly Dictionary<(CostDimensionKind, Guid), (string Slug, string Name)> _byId = [];
    private readonly Dictionary<(CostDimensionKind, string), Guid> _bySlug = [];

    public static async Task<CostNames> LoadAsync(PortalDbContext db, IEnumerable<CostDimensionKind> kinds, CancellationToken cancellationToken)
    {
        var names = new CostNames();
        foreach (var kind in kinds.Distinct())
        {
            switch (kind)
            {
                case CostDimensionKind.Workspace:
                    foreach (var w in await db.Set<Workspace>().Select(w => new { w.Id, w.Slug, w.Name }).ToListAsync(cancellationToken)) names.Add(kind, w.Id, w.Slug, w.Name);
                    break;
                case CostDimensionKind.Project:
                    foreach (var p in await db.Set<Project>().Select(p => new { p.Id, p.Slug, p.Name }).ToListAsync(cancellationToken)) names.Add(kind, p.Id, p.Slug, p.Name);
                    break;
                case CostDimensionKind.BusinessUnit:
                    foreach (var u in await db.Set<BusinessUnit>().Select(u => new { u.Id, u.Slug, u.Name }).ToListAsync(cancellationToken)) names.Add(kind, u.Id, u.Slug, u.Name);
                    break;
            }
        }

        return names;
    }

    /// <summary>Equal for equal names; empty without any.</summary>
    public string Fingerprint => _byId.Count == 0 ? "" : Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(
        _byId.OrderBy(n => n.Key.Item1).ThenBy(n => n.Key.Item2).Select(n => new object[] { n.Key.Item1, n.Key.Item2, n.Value.Slug, n.Value.Name })))));

    public Guid? IdOf(CostDimensionKind kind, string slugOrId) => _bySlug.TryGetValue((kind, slugOrId), out var id) ? id : null;

    public (string Slug, string Name) Of(CostDimensionKind kind, Guid id) => _byId.TryGetValue((kind, id), out var found) ? found : (id.ToString(), id.ToString());

    public IEnumerable<(string Slug, string Name)> All(CostDimensionKind kind) => _byId.Where(n => n.Key.Item1 == kind).Select(n => n.Value);

    private void Add(CostDimensionKind kind, Guid id, string slug, string name)
    {
        _byId[(kind, id)] = (slug, name);
        _bySlug[(kind, slug)] = id;
        _bySlug[(kind, id.ToString())] = id;
    }
}
