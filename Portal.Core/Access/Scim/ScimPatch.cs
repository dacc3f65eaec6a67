using System.Text.Json.Nodes;

namespace Hexabase.Portal.Access.Scim;

/// <summary>One operation of a PATCH (RFC 7644 section 3.5.2).</summary>
/// <param name="Op">"add", "remove" or "replace".</param>
/// <param name="HasValue">A value was sent, and be it null.</param>
internal sealed record ScimOperation(string Op, ScimTarget? Target, JsonNode? Value, bool HasValue)
{
    private const int MaxOperations = 1000;

    /// <exception cref="ScimRefusal">invalidSyntax, invalidPath, noTarget, mutability.</exception>
    public static IReadOnlyList<ScimOperation> Read(JsonNode? body, ScimResourceType type)
    {
        if (body is not JsonObject sent || Member(sent, "Operations") is not JsonArray { Count: > 0 } list) throw new ScimRefusal(ScimProblem.InvalidSyntax("A PATCH needs Operations, a list of at least one operation."));
        if (list.Count > MaxOperations) throw new ScimRefusal(ScimProblem.TooMany($"A PATCH holds at most {MaxOperations} operations."));
        var result = new List<ScimOperation>(list.Count);
        foreach (var item in list)
        {
            if (item is not JsonObject one || ScimValues.Text(Member(one, "op"))?.ToLowerInvariant() is not { } op || op is not ("add" or "remove" or "replace"))
                throw new ScimRefusal(ScimProblem.InvalidSyntax("op is add, remove or replace."));
            var path = Member(one, "path");
            if (path is not null && ScimValues.Text(path) is null) throw new ScimRefusal(ScimProblem.InvalidPath("path is text."));
            var hasValue = one.Any(p => p.Key.Equals("value", StringComparison.OrdinalIgnoreCase));
            var target = ScimValues.Text(path) is { Length: > 0 } text ? ScimFilterParser.ParsePath(text, type) : null;
            if (target is null && op == "remove") throw new ScimRefusal(ScimProblem.NoTarget("A remove needs a path."));
            if (target is not null && ScimDocument.IsReadOnly(target.Path)) throw new ScimRefusal(ScimProblem.Mutability($"{target.Path} is read-only."));
            if (op != "remove" && !hasValue) throw new ScimRefusal(ScimProblem.InvalidValue($"The operation {op} needs a value."));
            result.Add(new ScimOperation(op, target, Member(one, "value"), hasValue));
        }

        return result;
    }

    private static JsonNode? Member(JsonObject from, string name) => from.FirstOrDefault(p => p.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
}

/// <summary>Applies operations to a resource in canonical form; all of them or, by throwing, none.</summary>
internal static class ScimPatch
{
    public static void Apply(JsonObject resource, IReadOnlyList<ScimOperation> operations, ScimResourceType type)
    {
        foreach (var operation in operations)
        {
            if (operation.Target is { } target)
            {
                Apply(resource, operation.Op, target, operation.Value, operation.HasValue);
                continue;
            }

            if (operation.Value is not JsonObject members) throw new ScimRefusal(ScimProblem.InvalidValue("An operation without a path takes an object of attributes."));
            foreach (var (name, value) in members)
            {
                // What no schema knows and what is read-only is left aside, as in a body of POST or PUT.
                if (Find(name, type) is { } place && !ScimDocument.IsReadOnly(place.Path)) Apply(resource, operation.Op, place, value, true);
            }
        }

        Prune(resource);
    }

    private static ScimTarget? Find(string name, ScimResourceType type)
    {
        if (name.Contains('[', StringComparison.Ordinal)) return ScimFilterParser.ParsePath(name, type);
        return type.Resolve(name) is { } path ? new ScimTarget(path, null) : null;
    }

    private static void Apply(JsonObject resource, string op, ScimTarget target, JsonNode? value, bool hasValue)
    {
        var path = target.Path;
        if (path.Attribute is not { } attribute)
        {
            if (op == "remove") resource.Remove(path.Extension?.Id ?? "");
            else ScimDocument.Put(resource, path, value);
        }
        else if (target.Filter is { } filter)
        {
            Chosen(resource, op, path, attribute, filter, value);
        }
        else if (op == "remove")
        {
            Remove(resource, path, attribute, hasValue ? value : null);
        }
        else if (path.Sub is null && attribute is { MultiValued: true } && op == "add")
        {
            Add(resource, path, attribute, value);
        }
        else if (path.Sub is null && attribute is { Type: ScimType.Complex, MultiValued: false } && value is JsonObject parts)
        {
            // Parts that are not named stay as they are.
            foreach (var (name, part) in parts)
                if (attribute.FindSub(name) is { Mutability: not ScimMutability.ReadOnly } sub) ScimDocument.Put(resource, path with { Sub = sub }, part);
        }
        else
        {
            ScimDocument.Put(resource, path, value);
            if (ScimValues.Container(resource, path)?[attribute.Name] is JsonArray values && path.Sub is null) ScimDocument.CheckPrimary(attribute, values);
        }
    }

    private static void Add(JsonObject resource, ScimPath path, ScimAttribute attribute, JsonNode? value)
    {
        if (ScimDocument.Canonical(attribute, value) is not JsonArray more) return;
        var container = ScimDocument.Container(resource, path);
        if (container[attribute.Name] is not JsonArray values) container[attribute.Name] = values = [];
        ScimDocument.CheckPrimary(attribute, more);
        foreach (var one in more.ToArray())
        {
            if (values.Any(v => IsSame(v, one))) continue;
            more.Remove(one);
            values.Add(one);
            KeepOnePrimary(values, one);
        }
    }

    private static void Remove(JsonObject resource, ScimPath path, ScimAttribute attribute, JsonNode? value)
    {
        if (attribute.Required && path.Sub is null) throw new ScimRefusal(ScimProblem.Mutability($"{attribute.Name} is required and cannot be removed."));
        if (ScimValues.Container(resource, path) is not { } container) return;
        if (path.Sub is { } sub)
        {
            foreach (var parts in container[attribute.Name] is JsonArray list ? list.OfType<JsonObject>() : [.. new[] { container[attribute.Name] as JsonObject }.OfType<JsonObject>()]) parts.Remove(sub.Name);
        }
        else if (value is not null && container[attribute.Name] is JsonArray values)
        {
            if (ScimDocument.Canonical(attribute, value) is not JsonArray gone) return;
            foreach (var one in gone)
                values.RemoveAll(v => IsSame(v, one) || (v is JsonObject own && one is JsonObject { Count: 1 } key && key["value"] is { } wanted && JsonNode.DeepEquals(own["value"], wanted)));
        }
        else
        {
            container.Remove(attribute.Name);
        }
    }

    private static void Chosen(JsonObject resource, string op, ScimPath path, ScimAttribute attribute, ScimFilter filter, JsonNode? value)
    {
        var container = ScimDocument.Container(resource, path);
        var values = container[attribute.Name] as JsonArray;
        var chosen = values?.OfType<JsonObject>().Where(filter.Matches).ToList() ?? [];
        if (op == "remove")
        {
            foreach (var one in chosen)
            {
                if (path.Sub is { } part) one.Remove(part.Name);
                else values?.Remove(one);
            }

            return;
        }

        if (chosen.Count == 0)
        {
            if (op == "replace") throw new ScimRefusal(ScimProblem.NoTarget($"No value of {attribute.Name} matches the filter of the path."));
            if (values is null) container[attribute.Name] = values = [];
            var made = new JsonObject();
            Assume(made, filter);
            values.Add(made);
            chosen.Add(made);
        }

        foreach (var one in chosen)
        {
            if (path.Sub is { } sub)
            {
                ScimDocument.Set(one, sub.Name, ScimDocument.Canonical(sub, value));
            }
            else
            {
                var single = attribute with { MultiValued = false };
                if (ScimDocument.Canonical(single, value is JsonArray { Count: 1 } list ? list[0] : value) is not JsonObject parts) throw new ScimRefusal(ScimProblem.InvalidValue($"A value of {attribute.Name} is an object."));
                foreach (var (name, part) in parts) one[name] = part?.DeepClone();
            }

            if (values is not null) KeepOnePrimary(values, one);
        }
    }

    /// <summary>What a filter says of the value that it looks for, so that the value can be made.</summary>
    private static void Assume(JsonObject value, ScimFilter filter)
    {
        switch (filter)
        {
            case ScimAnd both:
                Assume(value, both.Left);
                Assume(value, both.Right);
                break;
            // By the same rules as a value that is sent.
            case ScimCompare { Operator: ScimOperator.Eq, Path.Attribute: { Mutability: not ScimMutability.ReadOnly } attribute, Value: string text }:
                ScimDocument.Set(value, attribute.Name, ScimDocument.Canonical(attribute, text));
                break;
            case ScimCompare { Operator: ScimOperator.Eq, Path.Attribute: { } attribute, Value: bool flag }:
                value[attribute.Name] = flag;
                break;
        }
    }

    /// <summary>The newest primary value takes the mark from the others (RFC 7644 section 3.5.2).</summary>
    private static void KeepOnePrimary(JsonArray values, JsonNode? newest)
    {
        if (!ScimValues.IsTrue((newest as JsonObject)?["primary"])) return;
        foreach (var other in values.OfType<JsonObject>())
            if (!ReferenceEquals(other, newest) && ScimValues.IsTrue(other["primary"])) other["primary"] = false;
    }

    private static bool IsSame(JsonNode? left, JsonNode? right) => JsonNode.DeepEquals(left, right);

    private static void Prune(JsonObject container)
    {
        foreach (var (name, value) in container.ToArray())
        {
            if (value is JsonObject parts) Prune(parts);
            if (value is JsonArray list)
            {
                foreach (var one in list.OfType<JsonObject>()) Prune(one);
                list.RemoveAll(v => v is JsonObject { Count: 0 } or null);
            }

            if (value is null or JsonArray { Count: 0 } or JsonObject { Count: 0 }) container.Remove(name);
        }
    }
}
