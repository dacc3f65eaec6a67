using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Sso.Peers;

/// <summary>Makes an account a member of one more organization, under the name that it has there.</summary>
internal sealed record JoinForTest(Guid OrganizationId, Guid UserId, string UserName, string Role = BuiltInRoles.OrgUser) : Command<Done>
{
    public override string Action => "test.join";

    public override Permission? Permission => null;

    public override bool AllowsAnonymous => true;

    public override Task<Result<Done>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        scope.Db.Add(new Member { Id = Ids.New(), OrganizationId = OrganizationId, UserId = UserId, UserName = UserName, DisplayName = UserName, JoinedAtUtc = scope.NowUtc });
        scope.Db.Add(new RoleBinding { Id = Ids.New(), OrganizationId = OrganizationId, PrincipalKind = PrincipalKind.Person, PrincipalId = UserId, Role = Role, Scope = GrantScope.Organization, CreatedAtUtc = scope.NowUtc });
        scope.Touch(LiveTopic.Sessions, UserId, 0, Guid.Empty);
        return Task.FromResult<Result<Done>>(default(Done));
    }
}

/// <summary>Deactivates a member as provisioning does.</summary>
internal sealed record DeactivateForTest(Guid OrganizationId, string UserName) : Command<Done>
{
    public override string Action => "test.deactivate";

    public override Permission? Permission => null;

    public override bool AllowsAnonymous => true;

    public override async Task<Result<Done>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var member = await scope.Db.Set<Member>().SingleAsync(m => m.OrganizationId == OrganizationId && m.UserName == UserName, cancellationToken);
        member.IsActive = false;
        scope.Touch(LiveTopic.Sessions, member.UserId, 0, Guid.Empty);
        return default(Done);
    }
}
