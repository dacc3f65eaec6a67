using System.Security.Cryptography;
using System.Text;
using Hexabase.Portal.Access.Scim;
using Hexabase.Portal.Access.Sso.Connections;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Sso.Entry;

/// <summary>Who in the organization this is.</summary>
/// <param name="Member">Null for somebody new.</param>
/// <param name="Address">The address that a new member gets; null where none can be trusted.</param>
/// <param name="IsLinked">They came through this connection before.</param>
internal sealed record SsoPlace(Member? Member, string? Address, bool IsLinked);

/// <summary>
/// Finds the member whom a provider means: by the link that the first sign-in left, by provisioning's external id, by an address that can be trusted in a domain that this organization has proven.
/// Each query names the organization.
/// </summary>
internal static class SsoPerson
{
    public static byte[] Hash(string issuer, string subject) => SHA256.HashData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{issuer.Length}:{issuer}:{subject}")));

    public static async Task<Checked<SsoPlace>> FindAsync(ReadScope scope, SsoConnection connection, SsoIdentity identity, CancellationToken cancellationToken)
    {
        var (db, org, mapped) = (scope.Db, connection.OrganizationId, identity.Mapped);
        var hash = Hash(mapped.Issuer, mapped.Subject);
        var members = db.Set<Member>().Where(m => m.OrganizationId == org);
        var linked = await db.Set<SsoSubject>().Where(s => s.ConnectionId == connection.Id && s.SubjectHash == hash).Join(members, s => s.MemberId, m => m.Id, (_, m) => m).SingleOrDefaultAsync(cancellationToken);
        if (linked is not null) return Active(linked, linked: true);

        var ids = new List<string>([mapped.Subject]);
        if (identity.ObjectId is { } objectId && connection.Template == SsoTemplate.EntraId) ids.Add(objectId);
        var provisioned = (await db.Set<ScimUser>().Where(u => u.OrganizationId == org && u.ExternalId != null && ids.Contains(u.ExternalId)).OrderBy(u => u.Id).Take(3).ToListAsync(cancellationToken)).Where(u => ids.Contains(u.ExternalId ?? "", StringComparer.Ordinal)).ToList();
        if (provisioned is [var only] && await members.SingleOrDefaultAsync(m => m.Id == only.Id, cancellationToken) is { } known) return Active(known, linked: false);

        if (!Address(connection, identity).TryGet(out var address, out var refusal)) return refusal;
        if (SsoDomainName.OfAddress(address) is not { } domain || !await db.Set<SsoDomain>().AnyAsync(d => d.OrganizationId == org && d.VerifiedName == domain, cancellationToken))
            return new SsoRefusal("sso.person.domain", "The person's address is in no domain that the organization has verified.", SsoRefusal.Show(SsoDomainName.OfAddress(address)), "Verify the domain in the settings of single sign-on, or invite the person and provision them by SCIM.");
        var key = UserNames.Normalize(address);
        // Upper-casing may make one letter of two: beyond ASCII only the very same name is the same person.
        var named = (await members.Where(m => m.UserNameKey == key).OrderBy(m => m.Id).Take(3).ToListAsync(cancellationToken)).Where(m => Ascii.IsValid(address) ? Ascii.IsValid(m.UserName) : m.UserName == address).ToList();
        if (named.Count > 1) return new SsoRefusal("sso.person.ambiguous", "Several members have this address.", null, "Remove all but one of them.");
        if (named is not [var member]) return new SsoPlace(null, address, false);
        // An address may be given to somebody else at the provider; who came first keeps their access.
        return await db.Set<SsoSubject>().AnyAsync(s => s.ConnectionId == connection.Id && s.MemberId == member.Id, cancellationToken)
            ? new SsoRefusal("sso.person.otherSubject", "The member with this address came as another person of the provider before.", SsoRefusal.Hide(mapped.Subject), "If it is the same human with a new account at the provider, remove the member's link in the settings of single sign-on; if it is somebody else, remove the member first.")
            : Active(member, linked: false);
    }

    /// <summary>The address that the provider's word makes sure.</summary>
    private static Checked<string> Address(SsoConnection connection, SsoIdentity identity)
    {
        var (mapped, settings) = (identity.Mapped, connection.Settings);
        var isVerified = mapped is { Email: not null, EmailVerified: true };
        if (!isVerified && !settings.TrustAddresses)
            return new SsoRefusal("sso.person.unverified", "The provider does not say that the person's address is verified.", mapped.Email is null ? "(no address)" : "email_verified is not true", "Let the provider send email and email_verified, or trust its addresses in the settings of the connection.");
        var address = mapped.Email ?? mapped.UserName;
        return UserNames.Check("address", address, out var clean) is null ? clean : new SsoRefusal("sso.person.address", "The provider sent no e-mail address.", null, "Let the provider send the person's e-mail address, and check which claim holds it.");
    }

    private static Checked<SsoPlace> Active(Member member, bool linked) => member.IsActive
        ? new SsoPlace(member, null, linked)
        : new SsoRefusal("sso.person.inactive", "The member is deactivated.", null, "Activate the person in the organization (by provisioning, where it manages them).");
}
