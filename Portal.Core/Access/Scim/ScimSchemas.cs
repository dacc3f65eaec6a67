namespace Hexabase.Portal.Access.Scim;

/// <summary>The schemas of RFC 7643 that the portal serves: User (4.1) with the enterprise extension (4.3), and Group (4.2).</summary>
public static class ScimSchemas
{
    public const string UserUrn = "urn:ietf:params:scim:schemas:core:2.0:User";
    public const string EnterpriseUrn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    public const string GroupUrn = "urn:ietf:params:scim:schemas:core:2.0:Group";

    /// <summary>Attributes that every resource has (RFC 7643 section 3.1).</summary>
    public static IReadOnlyList<ScimAttribute> Common { get; } =
    [
        new("schemas", ScimType.Reference) { MultiValued = true, CaseExact = true, Returned = ScimReturned.Always },
        new("id") { CaseExact = true, Mutability = ScimMutability.ReadOnly, Returned = ScimReturned.Always, Uniqueness = "server" },
        new("externalId") { CaseExact = true },
        new("meta", ScimType.Complex)
        {
            Mutability = ScimMutability.ReadOnly,
            Sub =
            [
                new("resourceType") { CaseExact = true, Mutability = ScimMutability.ReadOnly },
                new("created", ScimType.DateTime) { Mutability = ScimMutability.ReadOnly },
                new("lastModified", ScimType.DateTime) { Mutability = ScimMutability.ReadOnly },
                new("location", ScimType.Reference) { CaseExact = true, Mutability = ScimMutability.ReadOnly },
                new("version") { CaseExact = true, Mutability = ScimMutability.ReadOnly },
            ],
        },
    ];

    public static ScimSchema User { get; } = new(UserUrn, "User", "A person of the organization",
    [
        new("userName") { Required = true, Uniqueness = "server", Description = "Unique within the organization, whatever its letter case" },
        new("name", ScimType.Complex)
        {
            Description = "The components of the person's name",
            Sub = [new("formatted"), new("familyName"), new("givenName"), new("middleName"), new("honorificPrefix"), new("honorificSuffix")],
        },
        new("displayName") { Description = "The name shown to people" },
        new("nickName"),
        new("profileUrl", ScimType.Reference) { CaseExact = true, ReferenceTypes = ["external"] },
        new("title"),
        new("userType"),
        new("preferredLanguage"),
        new("locale"),
        new("timezone"),
        new("active", ScimType.Boolean) { Description = "False ends the person's sessions and tokens at once" },
        new("password") { Mutability = ScimMutability.WriteOnly, Returned = ScimReturned.Never, Description = "Taken and not kept: people sign in at their identity provider" },
        Plural("emails", "E-mail addresses", ["work", "home", "other"]),
        Plural("phoneNumbers", "Telephone numbers", ["work", "home", "mobile", "fax", "pager", "other"]),
        Plural("ims", "Instant-message addresses", []),
        Plural("photos", "Pictures", ["photo", "thumbnail"], ScimType.Reference),
        new("addresses", ScimType.Complex)
        {
            MultiValued = true,
            Description = "Postal addresses",
            Sub = [new("formatted"), new("streetAddress"), new("locality"), new("region"), new("postalCode"), new("country"), new("type") { CanonicalValues = ["work", "home", "other"] }, new("primary", ScimType.Boolean)],
        },
        new("groups", ScimType.Complex)
        {
            MultiValued = true,
            Mutability = ScimMutability.ReadOnly,
            Description = "The groups the person is a member of",
            Sub =
            [
                new("value") { CaseExact = true, Mutability = ScimMutability.ReadOnly },
                new("$ref", ScimType.Reference) { CaseExact = true, Mutability = ScimMutability.ReadOnly, ReferenceTypes = ["Group"] },
                new("display") { Mutability = ScimMutability.ReadOnly },
                new("type") { Mutability = ScimMutability.ReadOnly, CanonicalValues = ["direct"] },
            ],
        },
        Plural("entitlements", "Entitlements, kept as sent", []),
        Plural("roles", "Roles, kept as sent; roles of the portal come from groups", []),
        Plural("x509Certificates", "Certificates", [], ScimType.Binary),
    ]);

    public static ScimSchema Enterprise { get; } = new(EnterpriseUrn, "EnterpriseUser", "What a company knows of its people",
    [
        new("employeeNumber"),
        new("costCenter"),
        new("organization"),
        new("division"),
        new("department"),
        new("manager", ScimType.Complex)
        {
            Sub =
            [
                new("value") { CaseExact = true },
                new("$ref", ScimType.Reference) { CaseExact = true, ReferenceTypes = ["User"] },
                new("displayName") { Mutability = ScimMutability.ReadOnly },
            ],
        },
    ]);

    public static ScimSchema Group { get; } = new(GroupUrn, "Group", "A group of people; an administrator may bind it to a role",
    [
        new("displayName") { Required = true, Description = "The group's name" },
        new("members", ScimType.Complex)
        {
            MultiValued = true,
            Description = "People of the organization; groups are not members of groups here",
            Sub =
            [
                new("value") { CaseExact = true, Mutability = ScimMutability.Immutable },
                new("$ref", ScimType.Reference) { CaseExact = true, Mutability = ScimMutability.Immutable, ReferenceTypes = ["User"] },
                new("display") { Mutability = ScimMutability.ReadOnly },
                new("type") { Mutability = ScimMutability.Immutable, CanonicalValues = ["User"] },
            ],
        },
    ]);

    public static ScimResourceType Users { get; } = new("User", "/Users", User, [Enterprise]);

    public static ScimResourceType Groups { get; } = new("Group", "/Groups", Group, []);

    private static ScimAttribute Plural(string name, string description, IReadOnlyList<string> types, ScimType value = ScimType.String) => new(name, ScimType.Complex)
    {
        MultiValued = true,
        Description = description,
        Sub = [new("value", value) { CaseExact = value != ScimType.String }, new("display"), new("type") { CanonicalValues = types }, new("primary", ScimType.Boolean)],
    };
}
