using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Sso.Entry;

/// <summary>Ends the sessions that a provider says have ended: that one session where it is named, otherwise all of the person's through this connection. Answers how many.</summary>
internal sealed record EndProviderSessions(Guid OrganizationId, Guid ConnectionId, string? Subject, string? ProviderSession) : Command<int>
{
    public override string Action => "session.endByProvider";

    public override string OrganizationKey => OrganizationId.ToString();

    public override Permission? Permission => null;

    public override bool AllowsAnonymous => true;

    public override bool NeedsPlatform => true;

    public override async Task<Result<int>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var open = scope.Db.Set<Session>().Where(s => s.ConnectionId == ConnectionId && s.RevokedAtUtc == null && s.ExpiresAtUtc > scope.NowUtc);
        open = ProviderSession is { } session ? open.Where(s => s.ProviderSession == session) : open.Where(s => s.ProviderSubject == Subject);
        // To the letter: one engine compares without regard to case.
        var sessions = (await open.ToListAsync(cancellationToken)).Where(s => (ProviderSession is null || s.ProviderSession == ProviderSession) && (Subject is null || s.ProviderSubject == Subject)).ToList();
        foreach (var one in sessions) SessionEnd.Revoke(scope, one);
        scope.Audit("ssoConnection", ConnectionId, "", newValue: new { sessions = sessions.Count, userIds = sessions.Select(s => s.UserId).Distinct() });
        return sessions.Count;
    }
}
