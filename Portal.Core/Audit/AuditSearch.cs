using System.Linq.Expressions;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Workspaces;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Audit;

/// <summary>Turns the terms of a search into conditions of the database; networks alone are checked on the rows that come back.</summary>
internal sealed class AuditSearch
{
    private readonly List<(bool Negated, List<AuditValue> Plain, List<AuditNetwork> Networks)> _networks = [];

    private AuditSearch(IQueryable<AuditEntry> entries) => Entries = entries;

    public IQueryable<AuditEntry> Entries { get; private set; }

    /// <summary>True where rows must be checked by <see cref="Matches"/> after they were read.</summary>
    public bool NeedsCheck => _networks.Count > 0;

    public static async Task<AuditSearch> BuildAsync(ReadScope scope, IQueryable<AuditEntry> entries, IReadOnlyList<AuditTerm> terms, CancellationToken cancellationToken)
    {
        var search = new AuditSearch(entries);
        foreach (var term in terms)
        {
            if (term.Qualifier == "ip" && term.Values.Any(v => AuditNetwork.TryParse(v.Text, out _)))
            {
                search._networks.Add((term.IsNegated, [.. term.Values.Where(v => !AuditNetwork.TryParse(v.Text, out _))], [.. term.Values.Select(v => AuditNetwork.TryParse(v.Text, out var n) ? n : null).OfType<AuditNetwork>()]));
                continue;
            }

            Expression<Func<AuditEntry, bool>>? any = null;
            foreach (var value in term.Values)
            {
                var one = term.Qualifier == "workspace" ? await WorkspaceAsync(scope, value, cancellationToken) : Condition(term.Qualifier, value);
                any = any is null ? one : Or(any, one);
            }

            if (any is null) continue;
            search.Entries = search.Entries.Where(term.IsNegated ? Expression.Lambda<Func<AuditEntry, bool>>(Expression.Not(any.Body), any.Parameters) : any);
        }

        return search;
    }

    public bool Matches(AuditEntry entry)
    {
        foreach (var (negated, plain, networks) in _networks)
        {
            var address = entry.IpAddress;
            var found = networks.Exists(n => n.Contains(address))
                || plain.Exists(v => address is not null && (v.IsPrefix ? address.StartsWith(v.Text, StringComparison.OrdinalIgnoreCase) : address.Equals(v.Text, StringComparison.OrdinalIgnoreCase)));
            if (found == negated) return false;
        }

        return true;
    }

#pragma warning disable CA1304, CA1311, CA1862, MA0011 // Runs in the database.
    private static Expression<Func<AuditEntry, bool>> Condition(string? qualifier, AuditValue value)
    {
        var text = value.Text;
        var id = Guid.TryParseExact(text, "D", out var guid) ? guid : (Guid?)null;
        switch (qualifier)
        {
            case null:
                return e => e.ActorName.ToLower().Contains(text) || e.Action.ToLower().Contains(text) || e.ResourceKind.ToLower().Contains(text)
                    || (e.ResourceName ?? "").ToLower().Contains(text) || (e.ResourceId ?? "").ToLower().Contains(text) || (e.Reason ?? "").ToLower().Contains(text)
                    || (e.OldValue ?? "").ToLower().Contains(text) || (e.NewValue ?? "").ToLower().Contains(text) || (e.IpAddress ?? "").ToLower().Contains(text)
                    || (e.UserAgent ?? "").ToLower().Contains(text) || (e.RequestId ?? "").ToLower().Contains(text) || (e.Permission ?? "").ToLower().Contains(text);
            case "actor":
                if (id is not null) return e => e.UserId == id;
                return value.IsPrefix ? e => e.ActorName.ToLower().StartsWith(text) : e => e.ActorName.ToLower() == text;
            case "action":
                return value.IsPrefix ? e => e.Action.ToLower().StartsWith(text) : e => e.Action.ToLower() == text;
            case "resource":
                return value.IsPrefix
                    ? e => e.ResourceKind.ToLower().StartsWith(text) || (e.ResourceName ?? "").ToLower().StartsWith(text) || (e.ResourceId ?? "").ToLower().StartsWith(text)
                    : e => e.ResourceKind.ToLower() == text || (e.ResourceName ?? "").ToLower() == text || (e.ResourceId ?? "").ToLower() == text;
            case "status":
                var status = text == "success" ? AuditStatus.Success : AuditStatus.Failure;
                return e => e.Status == status;
            case "ip":
                return value.IsPrefix ? e => (e.IpAddress ?? "").ToLower().StartsWith(text) : e => (e.IpAddress ?? "").ToLower() == text;
            case "kind":
                return value.IsPrefix
                    ? e => e.ActorKind.ToLower().StartsWith(text) || e.ResourceKind.ToLower().StartsWith(text)
                    : e => e.ActorKind.ToLower() == text || e.ResourceKind.ToLower() == text;
            case "source":
                return value.IsPrefix ? e => e.Source.ToLower().StartsWith(text) : e => e.Source.ToLower() == text;
            case "after" or "before" when AuditQueryParser.TryParseTime(text, out var moment):
                return qualifier == "after" ? e => e.OccurredAtUtc >= moment : e => e.OccurredAtUtc < moment;
            default:
                throw new InvalidOperationException($"The qualifier {qualifier} has no condition.");
        }
    }
#pragma warning restore CA1304, CA1311, CA1862, MA0011

    private static async Task<Expression<Func<AuditEntry, bool>>> WorkspaceAsync(ReadScope scope, AuditValue value, CancellationToken cancellationToken)
    {
        if (Guid.TryParseExact(value.Text, "D", out var id)) return e => e.WorkspaceId == id;
        var text = value.Text;
        var workspaces = scope.Db.Set<Workspace>().AsQueryable();
        workspaces = value.IsPrefix ? workspaces.Where(w => w.Slug.StartsWith(text)) : workspaces.Where(w => w.Slug == text);
        var ids = await workspaces.Select(w => (Guid?)w.Id).Take(1000).ToListAsync(cancellationToken);
        return e => ids.Contains(e.WorkspaceId);
    }

    private static Expression<Func<AuditEntry, bool>> Or(Expression<Func<AuditEntry, bool>> a, Expression<Func<AuditEntry, bool>> b) =>
        Expression.Lambda<Func<AuditEntry, bool>>(Expression.OrElse(a.Body, new Swap(b.Parameters[0], a.Parameters[0]).Visit(b.Body)), a.Parameters);

    private sealed class Swap(ParameterExpression from, ParameterExpression to) : ExpressionVisitor
    {
        protected override Expression VisitParameter(ParameterExpression node) => node == from ? to : base.VisitParameter(node);
    }
}
