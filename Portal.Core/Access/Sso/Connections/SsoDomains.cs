using System.Globalization;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Sso.Connections;

/// <summary>A domain and how to prove it: by a TXT record, or by a file. Either shows <paramref name="ProofText"/>.</summary>
/// <param name="ProofRecord">The name of the TXT record.</param>
/// <param name="ProofAddress">Where the file is.</param>
/// <param name="VerifiedBy">Where the text was found; null = not yet, or before there were two ways.</param>
public sealed record SsoDomainRow(
    Guid Id, string Name, bool IsVerified, Guid? ConnectionId, string ProofRecord, string ProofAddress, string ProofText, SsoDomainWay? VerifiedBy, DateTime? VerifiedAtUtc, DateTime CreatedAtUtc, long Version)
{
    internal static SsoDomainRow Of(SsoDomain d, long version) => new(
        d.Id, d.Name, d.VerifiedAtUtc is not null, d.ConnectionId, DnsDomainProof.NameOf(d.Name), HttpsDomainProof.AddressOf(d.Name).AbsoluteUri, SsoDomainFinding.TextOf(d.Token), d.VerifiedBy, d.VerifiedAtUtc, d.CreatedAtUtc, version);
}

/// <summary>The organization's domains, newest first.</summary>
public sealed record ListSsoDomains(string Org, PageRequest Page) : Query<Paged<SsoDomainRow>>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => SsoPermissions.Read;

    public override async Task<Result<Paged<SsoDomainRow>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        if (!PageKey.TryRead(Page, out var after, out var problem)) return problem;
        var domains = scope.Db.Set<SsoDomain>().AsQueryable();
        if (after is { } id) domains = domains.Where(d => d.Id.CompareTo(id) < 0);
        var rows = await domains.OrderByDescending(d => d.Id).Take(Page.Limit + 1).ToListAsync(cancellationToken);
        return PageKey.Cut(rows.ConvertAll(d => SsoDomainRow.Of(d, d.Version)), Page, d => d.Id);
    }
}

/// <summary>Names a domain as the organization's own; it counts once it is proven.</summary>
/// <param name="ConnectionId">The connection of its people; null = the first enabled one.</param>
public sealed record AddSsoDomain(string Org, string? Name, Guid? ConnectionId = null) : Command<SsoDomainRow>
{
    private const int Max = 200;

    public override string Action => "ssoDomain.add";

    public override string OrganizationKey => Org;

    public override Permission? Permission => SsoPermissions.Write;

    public override async Task<Result<SsoDomainRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        if (!SsoDomainName.TryParse(Name, out var name)) return Problem.Invalid("name", "sso.domain.name", "name is not a domain such as example.com.");
        if (ConnectionId is { } connection && !await scope.Db.Set<SsoConnection>().AnyAsync(c => c.Id == connection, cancellationToken)) return Problem.Invalid("connectionId", "sso.domain.connection", "There is no such connection.");
        if (await scope.Db.Set<SsoDomain>().AnyAsync(d => d.Name == name, cancellationToken)) return Problem.Conflict("sso.domain.exists", $"{name} is in the list already.", name);
        if (await scope.Db.Set<SsoDomain>().CountAsync(cancellationToken) >= Max) return Problem.Refused("sso.domain.tooMany", $"An organization has at most {Max} domains.", Max);
        var domain = new SsoDomain { Id = Ids.New(), OrganizationId = scope.OrganizationId, Name = name, Token = TokenText.NewSecret(), ConnectionId = ConnectionId, CreatedAtUtc = scope.NowUtc };
        scope.Db.Add(domain);
        scope.Audit("ssoDomain", domain.Id, domain.Name);
        scope.Touch(LiveTopic.Sso, domain.Id, 1);
        return SsoDomainRow.Of(domain, 1);
    }
}

/// <summary>Takes a domain out of the list. Refused for a proven one while single sign-on is enforced: its people would be free again, or locked out.</summary>
public sealed record RemoveSsoDomain(string Org, Guid Id) : Command<Done>
{
    public override string Action => "ssoDomain.remove";

    public override string OrganizationKey => Org;

    public override Permission? Permission => SsoPermissions.Write;

    public override async Task<Result<Done>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var domain = await scope.Db.Set<SsoDomain>().SingleOrDefaultAsync(d => d.Id == Id, cancellationToken);
        if (domain is null) return Problem.NotFound("ssoDomain");
        scope.Audit("ssoDomain", domain.Id, domain.Name);
        if (domain.VerifiedAtUtc is not null && await scope.Db.Set<SsoConnection>().AnyAsync(c => c.Enforcement != SsoEnforcement.Off, cancellationToken)) return SsoChange.Enforced;
        scope.Db.Remove(domain);
        scope.Touch(LiveTopic.Sso, domain.Id);
        return default(Done);
    }
}

internal sealed record FindSsoDomain(string Org, Guid Id) : Query<SsoDomain>
{
    public override string OrganizationKey => Org;

    public override Permission? Permission => SsoPermissions.Write;

    public override async Task<Result<SsoDomain>> HandleAsync(ReadScope scope, CancellationToken cancellationToken) =>
        await scope.Db.Set<SsoDomain>().SingleOrDefaultAsync(d => d.Id == Id, cancellationToken) is { } domain ? domain : Problem.NotFound("ssoDomain");
}

/// <summary>Notes what the check of a domain found; <see cref="SsoDomainCheck"/> sends it.</summary>
internal sealed record VerifySsoDomain(string Org, Guid Id, SsoDomainFinding Finding) : Command<SsoDomainRow>
{
    public override string Action => "ssoDomain.verify";

    public override string OrganizationKey => Org;

    public override Permission? Permission => SsoPermissions.Write;

    /// <summary>Whose else it is can only be seen from the platform.</summary>
    public override bool NeedsPlatform => true;

    public override async Task<Result<SsoDomainRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var domain = await scope.Db.Set<SsoDomain>().SingleOrDefaultAsync(d => d.Id == Id && d.OrganizationId == scope.OrganizationId, cancellationToken);
        if (domain is null) return Problem.NotFound("ssoDomain");
        scope.Audit("ssoDomain", domain.Id, domain.Name);
        if (Finding.Way is not { } way) return Finding.Refusal(domain.Name);
        if (await scope.Db.Set<SsoDomain>().AnyAsync(d => d.VerifiedName == domain.Name && d.Id != domain.Id, cancellationToken)) return Problem.Conflict("sso.domain.taken", $"{domain.Name} is proven for another organization. Ask the portal's operator if that is wrong.", domain.Name);
        (domain.VerifiedName, domain.VerifiedBy, domain.VerifiedAtUtc) = (domain.Name, way, scope.NowUtc);
        scope.Touch(LiveTopic.Sso, domain.Id, domain.Version + 1);
        return SsoDomainRow.Of(domain, domain.Version + 1);
    }
}

internal static class SsoDomainName
{
    /// <summary>Lower-case ASCII of a host name with at least one dot; international names become punycode.</summary>
    public static bool TryParse(string? text, out string name)
    {
        name = "";
        try
        {
            name = new IdnMapping { UseStd3AsciiRules = true }.GetAscii((text ?? "").Trim().TrimEnd('.')).ToLowerInvariant();
        }
        catch (ArgumentException)
        {
            return false;
        }

        return name.Length is > 3 and <= 253 && name.Contains('.', StringComparison.Ordinal) && Uri.CheckHostName(name) == UriHostNameType.Dns && name.Split('.')[^1].Any(char.IsAsciiLetter);
    }

    /// <summary>The domain of an address; null where it is none.</summary>
    public static string? OfAddress(string? address) => address?.Split('@') is [{ Length: > 0 }, var domain] && TryParse(domain, out var name) ? name : null;
}
