namespace Hexabase.Portal.Kernel;

/// <summary>The class of a refusal; each has one HTTP status.</summary>
public enum ProblemKind
{
    Malformed = 400,
    Unauthenticated = 401,
    Forbidden = 403,
    NotFound = 404,
    MethodNotAllowed = 405,
    Conflict = 409,
    PreconditionFailed = 412,
    TooLarge = 413,
    UnsupportedMediaType = 415,
    Refused = 422,
    TooManyRequests = 429,
    Unavailable = 503,
}

/// <summary>One field of the input that is wrong: where it stands and what to do. <see cref="Code"/> is stable; <see cref="Message"/> is English.</summary>
public sealed record FieldError(string? Field, string Code, string Message, long? Row = null, string? Column = null, IReadOnlyList<object?>? Args = null);

/// <summary>
/// An expected refusal. <see cref="Code"/> is stable and dotted ("budget.limit.negative"); <see cref="Message"/> is the English sentence;
/// pages show the resource <c>problem.{code}</c> with <see cref="Args"/> where there is one.
/// </summary>
public sealed record Problem(ProblemKind Kind, string Code, string Message, IReadOnlyList<FieldError>? Errors = null, IReadOnlyList<object?>? Args = null)
{
    /// <summary>Seconds after which a retry makes sense (429, 503).</summary>
    public int? RetryAfterSeconds { get; init; }

    public static Problem NotFound(string kind) => new(ProblemKind.NotFound, $"{kind}.notFound", $"There is no such {kind}, or it is not yours to see.");

    /// <summary>The actor lacks the permission at the place.</summary>
    public static Problem Denied(Permission permission) => new(
        ProblemKind.Forbidden, "access.denied", $"This needs the permission {permission}, which you do not have here. Ask an administrator of the organization.", Args: [permission.ToString()]);

    public static Problem Stale(string kind, long current) => new(ProblemKind.Conflict, "version.stale",
        $"This {kind} was changed in the meantime (now version {current}). Load it again, then repeat the change.", Args: [kind, current]);

    public static Problem Refused(string code, string message, params object?[] args) => new(ProblemKind.Refused, code, message, Args: args);

    public static Problem Conflict(string code, string message, params object?[] args) => new(ProblemKind.Conflict, code, message, Args: args);

    public static Problem Invalid(IReadOnlyList<FieldError> errors) => new(ProblemKind.Refused, "input.invalid",
        errors.Count == 1 ? errors[0].Message : $"{errors.Count} fields need a correction.", errors, [errors.Count]);

    public static Problem Invalid(string field, string code, string message, params object?[] args) =>
        Invalid([new FieldError(field, code, message, Args: args)]);

    public static Problem Unavailable(string code, string message) => new(ProblemKind.Unavailable, code, message) { RetryAfterSeconds = 5 };
}
