using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Access.Scim;

/// <summary>Refusals of RFC 7644 section 3.12: the problem's code is <c>scim.</c> and the <c>scimType</c>.</summary>
public static class ScimProblem
{
    private const string Prefix = "scim.";

    public static Problem InvalidFilter(string message) => Malformed("invalidFilter", message);

    public static Problem InvalidSyntax(string message) => Malformed("invalidSyntax", message);

    /// <summary>RFC 7643 section 2.1: names are the same whatever their letter case, so two readers could take either value.</summary>
    public static Problem Twice(string name) => InvalidSyntax($"The member \"{AuditWriter.Clip(name, 80)}\" stands twice in one object; letter case tells no names apart.");

    public static Problem InvalidPath(string message) => Malformed("invalidPath", message);

    public static Problem InvalidValue(string message) => Malformed("invalidValue", message);

    public static Problem NoTarget(string message) => Malformed("noTarget", message);

    public static Problem Mutability(string message) => Malformed("mutability", message);

    public static Problem TooMany(string message) => Malformed("tooMany", message);

    /// <summary>RFC 9865 section 2.2.</summary>
    public static Problem InvalidCursor(string message) => Malformed("invalidCursor", message);

    public static Problem Uniqueness(string message) => new(ProblemKind.Conflict, Prefix + "uniqueness", message);

    /// <summary>The <c>scimType</c> of a refusal; null for those that have none.</summary>
    public static string? TypeOf(Problem problem) => problem.Code.StartsWith(Prefix, StringComparison.Ordinal) ? problem.Code[Prefix.Length..] : null;

    private static Problem Malformed(string type, string message) => new(ProblemKind.Malformed, Prefix + type, message);
}

/// <summary>Carries a refusal out of the parsers, which are deep; caught where the message is handled.</summary>
#pragma warning disable CA1032, RCS1194 // It says one thing only.
internal sealed class ScimRefusal(Problem problem) : Exception(problem.Message)
#pragma warning restore CA1032, RCS1194
{
    public Problem Problem { get; } = problem;

    /// <summary>Runs what may refuse.</summary>
    public static Result<T> Catch<T>(Func<T> run)
    {
        try
        {
            return run();
        }
        catch (ScimRefusal refusal)
        {
            return refusal.Problem;
        }
    }
}
