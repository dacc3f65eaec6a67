using System.Linq.Expressions;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Access.Scim;

/// <summary>A filter as far as the database can answer it.</summary>
/// <param name="Where">Keeps every row that matches, perhaps more; null = all.</param>
/// <param name="IsExact">Keeps no row that does not match.</param>
internal sealed record ScimSearch<T>(Expression<Func<T, bool>>? Where, bool IsExact)
{
    public static ScimSearch<T> All { get; } = new(null, true);

    private static ScimSearch<T> Unknown { get; } = new(null, false);

    /// <param name="leaf">Translates one comparison, or answers null.</param>
    public static ScimSearch<T> Of(ScimFilter filter, Func<ScimFilter, ScimSearch<T>?> leaf)
    {
        switch (filter)
        {
            case ScimAnd both:
                var (left, right) = (Of(both.Left, leaf), Of(both.Right, leaf));
                return new ScimSearch<T>(left.Where is null ? right.Where : right.Where is null ? left.Where : Join(left.Where, right.Where, Expression.AndAlso), left.IsExact && right.IsExact);
            case ScimOr either:
                var (one, other) = (Of(either.Left, leaf), Of(either.Right, leaf));
                return one.Where is null || other.Where is null ? Unknown : new ScimSearch<T>(Join(one.Where, other.Where, Expression.OrElse), one.IsExact && other.IsExact);
            case ScimNot not:
                return Of(not.Inner, leaf) is { IsExact: true, Where: { } inner } ? new ScimSearch<T>(Expression.Lambda<Func<T, bool>>(Expression.Not(inner.Body), inner.Parameters), true) : Unknown;
            default:
                return leaf(filter) ?? Unknown;
        }
    }

    /// <summary>A comparison of text with a column that holds it as it is compared (upper-cased where letter case does not count).</summary>
    public static ScimSearch<T>? Text(Expression<Func<T, string?>> column, ScimCompare compare, bool upper, bool exact = true)
    {
        if (compare.Value is not string text) return null;
        var value = upper ? text.ToUpperInvariant() : text;
        Expression<Func<string?, bool>>? test = compare.Operator switch
        {
            ScimOperator.Eq => c => c == value,
            ScimOperator.Ne => c => c == null || c != value,
            ScimOperator.Co => c => c != null && c.Contains(value),
            ScimOperator.Sw => c => c != null && c.StartsWith(value),
            ScimOperator.Ew => c => c != null && c.EndsWith(value),
            _ => null,
        };
        if (test is null || (!exact && compare.Operator == ScimOperator.Ne)) return null;
        return new ScimSearch<T>(Expression.Lambda<Func<T, bool>>(ExpressionSwap.In(test.Body, test.Parameters[0], column.Body), column.Parameters), exact);
    }

    public static ScimSearch<T>? Instant(Expression<Func<T, DateTime>> column, ScimCompare compare)
    {
        if (compare.Value is not DateTimeOffset at) return null;
        var value = at.UtcDateTime;
        Expression<Func<DateTime, bool>>? test = compare.Operator switch
        {
            ScimOperator.Eq => c => c == value,
            ScimOperator.Ne => c => c != value,
            ScimOperator.Gt => c => c > value,
            ScimOperator.Ge => c => c >= value,
            ScimOperator.Lt => c => c < value,
            ScimOperator.Le => c => c <= value,
            _ => null,
        };
        return test is null ? null : new ScimSearch<T>(Expression.Lambda<Func<T, bool>>(ExpressionSwap.In(test.Body, test.Parameters[0], column.Body), column.Parameters), true);
    }

    private static Expression<Func<T, bool>> Join(Expression<Func<T, bool>> left, Expression<Func<T, bool>> right, Func<Expression, Expression, Expression> join) =>
        Expression.Lambda<Func<T, bool>>(join(left.Body, ExpressionSwap.In(right.Body, right.Parameters[0], left.Parameters[0])), left.Parameters);
}
