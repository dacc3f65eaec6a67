using Hexabase.Portal.Access.Groups;
using Hexabase.Portal.Access.ServiceAccounts;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Workspaces;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Bindings;

/// <summary>Whom a role is given to: a person (user id, member id or user name), a group (id) or a service account (id or name).</summary>
/// <param name="MemberIds">The members it concerns: the person, or who is in the group; none for a service account.</param>
internal sealed record BindingPrincipal(PrincipalKind Kind, Guid Id, string Name, IReadOnlyList<Guid> MemberIds)
{
    public static readonly string[] Kinds = ["person", "group", "serviceAccount"];

    public static FieldError UnknownKind { get; } = new("principalKind", "binding.principalKind", $"principalKind is one of {string.Join(", ", Kinds)}.", Args: [string.Join(", ", Kinds)]);

    public static bool TryReadKind(string? word, out PrincipalKind kind) => Words.TryParse(word ?? "person", out kind);

    public static async Task<BindingPrincipal?> FindAsync(ReadScope scope, PrincipalKind kind, string? key, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(key)) return null;
        var isId = Guid.TryParseExact(key, "D", out var id);
        if (kind == PrincipalKind.Group)
        {
            var group = isId ? await scope.Db.Set<Group>().Where(g => g.OrganizationId == scope.OrganizationId && g.Id == id).Select(g => new { g.Id, g.DisplayName }).SingleOrDefaultAsync(cancellationToken) : null;
            if (group is null) return null;
            var members = await scope.Db.Set<GroupMember>().Where(m => m.OrganizationId == scope.OrganizationId && m.GroupId == group.Id).Select(m => m.MemberId).ToListAsync(cancellationToken);
            return new BindingPrincipal(kind, group.Id, group.DisplayName, members);
        }

        if (kind == PrincipalKind.ServiceAccount)
        {
            var wanted = key.Trim();
            var account = await scope.Db.Set<ServiceAccount>().Where(a => a.OrganizationId == scope.OrganizationId && (isId ? a.Id == id : a.Name == wanted)).Select(a => new { a.Id, a.Name }).SingleOrDefaultAsync(cancellationToken);
            return account is null ? null : new BindingPrincipal(kind, account.Id, account.Name, []);
        }

        var name = UserNames.Normalize(key.Trim());
#pragma warning disable CA1304, CA1309, CA1311, CA1862, MA0011 // Runs in the database, where upper() has no culture argument.
        var person = await scope.Db.Set<Member>().Where(m => m.OrganizationId == scope.OrganizationId && (isId ? m.UserId == id || m.Id == id : m.UserName.ToUpper() == name))
            .Select(m => new { m.Id, m.UserId, m.UserName }).OrderBy(m => m.Id).FirstOrDefaultAsync(cancellationToken);
#pragma warning restore CA1304, CA1309, CA1311, CA1862, MA0011
        return person is null ? null : new BindingPrincipal(kind, person.UserId, person.UserName, [person.Id]);
    }
}
