namespace Hexabase.Portal.Kernel;

public enum ActorKind
{
    Anonymous,
    Person,
    Token,
    ServiceAccount,
    System,
}

/// <summary>What may be done: <c>area:verb</c>, for example <c>budgets:write</c>.</summary>
public readonly record struct Permission(string Area, string Verb)
{
    public override string ToString() => $"{Area}:{Verb}";
}

/// <summary>Where a grant holds, from the widest to the narrowest.</summary>
public enum GrantScope
{
    Platform,
    Organization,
    BusinessUnit,
    Workspace,
    Project,
}

/// <summary>One role held at one place. <see cref="OrganizationId"/> is null for platform grants only.</summary>
public sealed record Grant(string Role, GrantScope Scope, Guid? OrganizationId, Guid? ScopeId = null, Guid? BindingId = null)
{
    /// <summary>What a role of the organization's own carries, resolved when the grant was read; null for built-in roles.</summary>
    public IReadOnlyList<string>? Permissions { get; init; }

    /// <summary>The attribute condition under which it holds; null = always.</summary>
    public string? Condition { get; init; }

    /// <summary>From this moment on it does not hold; null = no end.</summary>
    public DateTime? ExpiresAtUtc { get; init; }
}

/// <summary>Who asks or sends, as authenticated: never built from a request's own words.</summary>
public sealed record Actor
{
    public required ActorKind Kind { get; init; }

    /// <summary>The user, token or service account; <see cref="Guid.Empty"/> for system and anonymous.</summary>
    public required Guid Id { get; init; }

    /// <summary>The name shown in the audit log.</summary>
    public required string Name { get; init; }

    public IReadOnlyList<Grant> Grants { get; init; } = [];

    /// <summary>If set, only these permissions (<c>area:verb</c> or <c>area:*</c>) of the grants count: a scoped token.</summary>
    public IReadOnlyList<string>? PermissionLimit { get; init; }

    public Guid? SessionId { get; init; }

    /// <summary>When the person last showed a second factor in this session; null = never, and for programs.</summary>
    public DateTime? MfaAtUtc { get; init; }

    /// <summary>The organization's connection to its identity provider that vouched for the person; null for local accounts and programs. Such an actor may not change the account's own credentials.</summary>
    public Guid? ConnectionId { get; init; }

    public string? IpAddress { get; init; }

    public string? UserAgent { get; init; }

    /// <summary>The rules of the organization that is looked at, put here by the gateway; null = none are known.</summary>
    public Access.Rules.RuleSet? Rules { get; init; }

    /// <summary>The moment for which access is decided, put here by the gateway; null = now.</summary>
    public DateTime? DecidedAtUtc { get; init; }

    /// <summary>The request's id, as in the header X-Request-Id; groups what one call caused.</summary>
    public string? RequestId { get; init; }

    /// <summary>Groups all entries that one action of a person caused, jobs included.</summary>
    public Guid? OperationId { get; init; }

    public static Actor Anonymous { get; } = new() { Kind = ActorKind.Anonymous, Id = Guid.Empty, Name = "anonymous" };

    /// <summary>The portal itself, by the name of the part that acts ("jobs", "relay").</summary>
    public static Actor System(string part) => new()
    {
        Kind = ActorKind.System,
        Id = Guid.Empty,
        Name = $"system:{part}",
        Grants = [new Grant("system", GrantScope.Platform, null)],
    };

    /// <summary>True where any grant reaches into the organization.</summary>
    public bool Reaches(Guid organizationId) => Grants.Any(g => g.Scope == GrantScope.Platform || g.OrganizationId == organizationId);

    /// <summary>The organization whose audit log takes the actor's refused reaches into others; null for platform actors.</summary>
    public Guid? HomeOrganizationId => Grants.FirstOrDefault(g => g.OrganizationId is not null)?.OrganizationId;
}
