using System.Collections.Frozen;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Audit.Ingest;

/// <summary>
/// How the fields of an entry are found in events of no known format: for each field one or more paths, the first that is there counts. A path is written
/// <c>actor.name</c>, <c>items[0].id</c> or <c>["a.b"].c</c>, with or without a leading <c>$</c>; alternatives stand between <c>|</c>; text in single
/// quotes is that text. A field that is not mapped takes <see cref="Defaults"/>.
/// </summary>
public sealed class EventMapping
{
    public const int MaxExpressionLength = 400;

    /// <summary>The fields that can be mapped, with the paths that hold when an organization maps nothing: our own names, then common ones.</summary>
    public static readonly FrozenDictionary<string, string> Defaults = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["timestamp"] = "timestamp | @timestamp | time | occurred_at | created_at | event_time | date",
        ["source_id"] = "source_id | event_id | id | uuid",
        ["actor_kind"] = "actor_kind",
        ["actor_name"] = "actor_name | actor.name | actor.email | actor | user.name | user.email | user | user_name | username | user_id",
        ["action"] = "action | event | event_type | event_name | operation | type",
        ["resource_kind"] = "resource_kind | resource.type | resource.kind | resource_type | object_type",
        ["resource_id"] = "resource_id | resource.id | resource | object_id",
        ["resource_name"] = "resource_name | resource.name",
        ["status"] = "status | outcome.result | outcome | result",
        ["reason"] = "reason | message | error | description",
        ["old_value"] = "old_value | before | old",
        ["new_value"] = "new_value | after | new | details | data",
        ["ip_address"] = "ip_address | ip | source_ip | client_ip | remote_addr",
        ["user_agent"] = "user_agent",
        ["request_id"] = "request_id | trace_id | correlation_id",
        ["session_id"] = "session_id",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly IReadOnlyList<string> UsualFailures = ["failure", "failed", "fail", "error", "denied", "deny", "refused", "rejected", "forbidden", "unauthorized", "false"];

    private readonly FrozenDictionary<string, IReadOnlyList<EventPath>> _paths;
    private readonly FrozenSet<string> _failures;

    private EventMapping(Dictionary<string, IReadOnlyList<EventPath>> paths, IEnumerable<string> failures)
    {
        _paths = paths.ToFrozenDictionary(StringComparer.Ordinal);
        _failures = failures.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Nothing mapped: the defaults.</summary>
    public static EventMapping Default { get; } = TryMake(new Dictionary<string, string>(StringComparer.Ordinal), [], out var made).Count == 0 && made is not null
        ? made : throw new InvalidOperationException("The default mapping does not hold.");

    /// <param name="fields">Field to paths; unknown fields and unreadable paths are answered as errors.</param>
    /// <param name="failures">The words of the status that mean failure; empty = the usual ones.</param>
    public static IReadOnlyList<FieldError> TryMake(IReadOnlyDictionary<string, string> fields, IReadOnlyList<string> failures, out EventMapping? mapping)
    {
        var errors = new List<FieldError>();
        var paths = new Dictionary<string, IReadOnlyList<EventPath>>(StringComparer.Ordinal);
        foreach (var field in fields.Keys.Where(f => !Defaults.ContainsKey(f)))
            errors.Add(new FieldError(field, "mapping.field", $"{EventText.Clean(field, 60)} is no field; the fields are {string.Join(", ", Defaults.Keys.Order(StringComparer.Ordinal))}."));
        foreach (var (field, usual) in Defaults)
        {
            var expression = fields.TryGetValue(field, out var own) && !string.IsNullOrWhiteSpace(own) ? own : usual;
            if (expression.Length > MaxExpressionLength) errors.Add(new FieldError(field, "mapping.tooLong", $"{field} is at most {MaxExpressionLength} characters long.", Args: [field, MaxExpressionLength]));
            else if (EventPath.TryParseAll(expression, out var parsed, out var column)) paths[field] = parsed;
            else errors.Add(new FieldError(field, "mapping.path", $"{field}: the path cannot be read at character {column}. Write it like actor.name, items[0].id or [\"a.b\"].c.", Args: [field, column]));
        }

        if (failures.Count > 50 || failures.Any(f => string.IsNullOrWhiteSpace(f) || f.Length > 60)) errors.Add(new FieldError("failureValues", "mapping.failures", "failureValues are at most 50 words of at most 60 characters."));
        mapping = errors.Count == 0 ? new EventMapping(paths, failures.Count == 0 ? UsualFailures : failures) : null;
        return errors;
    }

    internal EventNode Find(EventNode root, string field, out string? constant)
    {
        constant = null;
        foreach (var path in _paths[field])
        {
            if ((constant = path.Constant) is not null) return default;
            if (path.Follow(root) is { Exists: true } found) return found;
        }

        return default;
    }

    /// <summary>The first of the paths that leads to text.</summary>
    internal string? Text(EventNode root, string field, int maxLength)
    {
        foreach (var path in _paths[field])
        {
            if ((path.Constant is { } constant ? EventText.Cut(constant, maxLength) : path.Follow(root).Text(maxLength)) is { } text) return text;
        }

        return null;
    }

    internal bool IsFailure(string? status) => status is not null
        && (_failures.Contains(status) || (int.TryParse(status, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var code) && code is >= 400 and <= 599));
}
