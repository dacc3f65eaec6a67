using System.Diagnostics.CodeAnalysis;

namespace Hexabase.Portal.Kernel;

/// <summary>What a command or query answers: a value or a problem, never both.</summary>
public readonly struct Result<T>
{
    private readonly T? _value;

    private Result(T? value, Problem? problem)
    {
        _value = value;
        Problem = problem;
    }

    public Problem? Problem { get; }

    [MemberNotNullWhen(false, nameof(Problem))]
    public bool Succeeded => Problem is null;

    /// <exception cref="InvalidOperationException">The result is a problem.</exception>
    public T Value => Problem is null ? _value ?? throw new InvalidOperationException("The result is empty.") : throw new InvalidOperationException($"{Problem.Code}: {Problem.Message}");

    public bool TryGet([MaybeNullWhen(false)] out T value, [NotNullWhen(false)] out Problem? problem)
    {
        value = _value;
        problem = Problem;
        return problem is null;
    }

#pragma warning disable CA1000, CA2225 // A handler writes `return row;` or `return problem;`.
    public static implicit operator Result<T>(T value) => new(value, null);

    public static implicit operator Result<T>(Problem problem) => new(default, problem);
#pragma warning restore CA1000, CA2225

    public Result<TOut> Map<TOut>(Func<T, TOut> map) => Problem is { } problem ? problem : map(Value);
}

/// <summary>The value of a command that answers nothing.</summary>
public readonly record struct Done;
