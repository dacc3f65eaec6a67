using System.Globalization;
using Hexabase.Portal.Controls;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Shell;

/// <summary>Refusals in the viewer's words: the resource <c>problem.CODE</c> where there is one, else the English message.</summary>
public static class ProblemText
{
    public static string Problem(this Text text, Problem problem) => Words(text, problem.Code, problem.Message, problem.Args);

    public static string Problem(this Text text, FieldError error) => Words(text, error.Code, error.Message, error.Args);

    /// <summary>What is wrong with one field of a form; null where nothing is. "labels" also takes "labels.KEY".</summary>
    public static string? FieldOf(this Text text, Problem? problem, string field) =>
        problem?.Errors?.FirstOrDefault(e => IsOf(e, field)) is { } error ? text.Problem(error) : null;

    /// <summary>Who did it: a name as it is, a word for the portal's own parts ("system:jobs").</summary>
    public static string Who(this Text text, string name) => name.StartsWith("system:", StringComparison.Ordinal) ? text["actor.system"] : name;

    /// <summary>A finding of a job: where the language has words of its own for the rule, they name the column ({0}) and what stands there ({1}).</summary>
    public static string Finding(this Text text, string code, string message, string? column, string? found) =>
        text.IsWritten("problem." + code) ? Words(text, code, message, (column, found) switch { (null, null) => [], (_, null) => [column], _ => [column ?? "", found] }) : message;

    /// <summary>A refused sign-in message: what is wrong and what to change. The viewer's own words where the language has some, else the English sentences, which also name values.</summary>
    public static (string What, string? Do) Refusal(this Text text, string? code, string message, string? change) =>
        text.IsWritten($"problem.{code}.do") ? (text[$"problem.{code}"], text[$"problem.{code}.do"]) : (message, change);

    /// <summary>The fields in error, as links to inputs with the ids <c>prefix-field</c>.</summary>
    public static IReadOnlyList<FieldProblem> Fields(this Text text, Problem? problem, string prefix) =>
        problem?.Errors is { } errors ? [.. errors.Where(e => e.Field is not null).Select(e => new FieldProblem($"{prefix}-{e.Field?.Split('.')[0]}", text.Problem(e)))] : [];

    /// <summary>The refusal as a whole; null where fields say all there is to say.</summary>
    public static string? WholeOf(this Text text, Problem? problem) => problem switch
    {
        null => null,
        { Errors: { Count: > 0 } errors } when errors.All(e => e.Field is not null) => null,
        _ => text.Problem(problem),
    };

    private static bool IsOf(FieldError error, string field) =>
        error.Field == field || error.Field?.StartsWith(field + ".", StringComparison.Ordinal) == true;

    // A value that is itself English: "the end", or "an environment (development, staging)", whose list stays.
    private static string Phrase(Text text, string phrase)
    {
        if (text.IsWritten("problem.phrase." + phrase)) return text["problem.phrase." + phrase];
        var list = phrase.IndexOf(" (", StringComparison.Ordinal);
        return list > 0 && text.IsWritten("problem.phrase." + phrase[..list]) ? text["problem.phrase." + phrase[..list]] + phrase[list..] : phrase;
    }

    private static string Words(Text text, string code, string message, IReadOnlyList<object?>? arguments)
    {
        var key = "problem." + code;
        // A form's field that holds what no provider may send: "sso.saml.certificate.size".
        if (code.StartsWith("sso.", StringComparison.Ordinal) && !text.Has(key) && text.IsWritten($"problem.{code[4..]}.do")) return text["shell.sentences", text["problem." + code[4..]], text[$"problem.{code[4..]}.do"]];
        if (!text.Has(key)) return message;
        var words = text[key];
        object?[] given = [.. (arguments ?? []).Select(a => a is string phrase ? Phrase(text, phrase) : a)];
        // A text with more places than the refusal has values is not shown half filled.
        return words.Contains(string.Create(CultureInfo.InvariantCulture, $"{{{given.Length}"), StringComparison.Ordinal) ? message : text[key, given];
    }
}
