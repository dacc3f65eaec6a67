namespace Hexabase.Portal.Access.Scim;

/// <summary>RFC 7643 section 2.3.</summary>
public enum ScimType
{
    String,
    Boolean,
    DateTime,
    Reference,
    Binary,
    Complex,
}

public enum ScimMutability
{
    ReadWrite,
    ReadOnly,
    WriteOnly,
    Immutable,
}

public enum ScimReturned
{
    Default,
    Always,
    Never,
    Request,
}

/// <summary>An attribute as its schema describes it (RFC 7643 section 7).</summary>
public sealed record ScimAttribute(string Name, ScimType Type = ScimType.String)
{
    public bool MultiValued { get; init; }

    public bool Required { get; init; }

    public bool CaseExact { get; init; }

    public ScimMutability Mutability { get; init; }

    public ScimReturned Returned { get; init; }

    /// <summary>"none" or "server".</summary>
    public string Uniqueness { get; init; } = "none";

    public string Description { get; init; } = "";

    public IReadOnlyList<string> CanonicalValues { get; init; } = [];

    public IReadOnlyList<string> ReferenceTypes { get; init; } = [];

    public IReadOnlyList<ScimAttribute> Sub { get; init; } = [];

    public ScimAttribute? FindSub(string name) => Find(Sub, name);

    /// <summary>Attribute names are compared without regard to case (RFC 7643 section 2.1).</summary>
    public static ScimAttribute? Find(IReadOnlyList<ScimAttribute> among, string name)
    {
        foreach (var attribute in among)
            if (attribute.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) return attribute;
        return null;
    }
}

/// <summary>A schema of attributes under one URN.</summary>
public sealed record ScimSchema(string Id, string Name, string Description, IReadOnlyList<ScimAttribute> Attributes);

/// <summary>A kind of resource: its own schema and the extensions it may carry.</summary>
public sealed record ScimResourceType(string Name, string Endpoint, ScimSchema Schema, IReadOnlyList<ScimSchema> Extensions)
{
    /// <summary>Resolves <c>name</c>, <c>name.sub</c>, <c>URN:name.sub</c> or the URN of an extension; null for what no schema knows.</summary>
    public ScimPath? Resolve(string text)
    {
        ScimSchema? extension = null;
        var rest = text;
        if (text.StartsWith("urn:", StringComparison.OrdinalIgnoreCase))
        {
            if (Under(Schema, text) is { } own)
            {
                rest = own;
                if (rest.Length == 0) return null;
            }
            else
            {
                foreach (var candidate in Extensions)
                {
                    if (Under(candidate, text) is not { } below) continue;
                    (extension, rest) = (candidate, below);
                    break;
                }

                if (extension is null) return null;
                if (rest.Length == 0) return new ScimPath(extension, null, null);
            }
        }

        var dot = rest.IndexOf('.', StringComparison.Ordinal);
        var name = dot < 0 ? rest : rest[..dot];
        var attribute = ScimAttribute.Find((extension ?? Schema).Attributes, name) ?? (extension is null ? ScimAttribute.Find(ScimSchemas.Common, name) : null);
        if (attribute is null) return null;
        if (dot < 0) return new ScimPath(extension, attribute, null);
        return attribute.FindSub(rest[(dot + 1)..]) is { } sub ? new ScimPath(extension, attribute, sub) : null;
    }

    private static string? Under(ScimSchema schema, string text)
    {
        if (!text.StartsWith(schema.Id, StringComparison.OrdinalIgnoreCase)) return null;
        if (text.Length == schema.Id.Length) return "";
        return text[schema.Id.Length] == ':' ? text[(schema.Id.Length + 1)..] : null;
    }
}

/// <summary>A place in a resource.</summary>
/// <param name="Extension">Null for the resource's own schema.</param>
/// <param name="Attribute">Null for the extension as a whole.</param>
public sealed record ScimPath(ScimSchema? Extension, ScimAttribute? Attribute, ScimAttribute? Sub)
{
    /// <summary>What a comparison looks at: the sub-attribute, the attribute, or of a complex one its <c>value</c>.</summary>
    public ScimAttribute? Leaf => Sub ?? (Attribute is { Type: ScimType.Complex } complex ? complex.FindSub("value") : Attribute);

    public override string ToString() => (Extension is null ? "" : Extension.Id + (Attribute is null ? "" : ":")) + Attribute?.Name + (Sub is null ? "" : "." + Sub.Name);
}
