using Hexabase.Portal.Access.Sso.Connections;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Sso.Entry;

/// <summary>Asks leave for a test sign-in: by a person who may change the connection and is a member here, since the provider has to recognize them.</summary>
public sealed record StartSsoTest(string Org, Guid Id) : Command<Done>
{
    public override string Action => "ssoConnection.startTest";

    public override string OrganizationKey => Org;

    public override Permission? Permission => SsoPermissions.Write;

    public override async Task<Result<Done>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (!(await SsoChange.FindAsync(scope, Id, null, cancellationToken)).TryGet(out _, out var problem)) return problem;
        if (scope.Actor.Kind != ActorKind.Person) return Problem.Refused("sso.test.person", "A test sign-in is made by a person in a browser: open the address of the test while signed in.");
        return await scope.Db.Set<Member>().AnyAsync(m => m.UserId == scope.Actor.Id && m.IsActive, cancellationToken)
            ? default(Done)
            : Problem.Refused("sso.test.member", "You are no member of this organization, so its provider cannot sign you in. Let one of its administrators make the test.");
    }
}
