using System.Globalization;
using System.Linq.Expressions;
using System.Text;
using System.Text.Json;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Organizations;

/// <summary>One way a list may be sorted: its name in the request, what it sorts by, and the unique tiebreak is always the id.</summary>
internal sealed record SortBy<T>(string Name, LambdaExpression Key);

/// <summary>
/// Keyed paging for lists: the cursor holds the last row's sort key and id, so that a page never skips or repeats a row when others come and go.
/// Sorts are written "name" or "-name" (descending).
/// </summary>
internal static class KeyedList
{
    /// <param name="rows">The filtered rows.</param>
    /// <param name="page">As asked; its filter is the caller's business.</param>
    /// <param name="id">The unique tiebreak.</param>
    /// <param name="sorts">What may be sorted by; the first is the default.</param>
    public static async Task<Result<Paged<T>>> PageAsync<T>(
        IQueryable<T> rows, PageRequest page, Expression<Func<T, Guid>> id, IReadOnlyList<SortBy<T>> sorts, CancellationToken cancellationToken)
    {
        if (CheckLimit(page.Limit) is { } badLimit) return badLimit;
        var wanted = string.IsNullOrEmpty(page.Sort) ? sorts[0].Name : page.Sort;
        var descending = wanted[0] == '-';
        var sort = sorts.FirstOrDefault(s => s.Name == (descending ? wanted[1..] : wanted));
        if (sort is null) return Problem.Invalid("sort", "sort.unknown", $"This list sorts by {string.Join(", ", sorts.Select(s => s.Name))}; a leading '-' reverses.");
        if (!string.IsNullOrEmpty(page.Cursor))
        {
            if (!TryRead(page.Cursor, wanted, 3, out var parts) || !Guid.TryParseExact(parts[2], "N", out var lastId) || !TryConvert(parts[1], sort.Key.ReturnType, out var lastKey)) return BadCursor;
            rows = rows.Where(After(sort.Key, id, lastKey, lastId, descending));
        }

        var found = await Order(Order(rows, sort.Key, descending, first: true), id, descending, first: false).Take(page.Limit + 1).ToListAsync(cancellationToken);
        if (found.Count <= page.Limit) return new Paged<T>(found, null);
        found.RemoveAt(page.Limit);
        var last = found[^1];
        return new Paged<T>(found, Write(wanted, Text(sort.Key.Compile().DynamicInvoke(last)), id.Compile()(last).ToString("N")));
    }

    /// <summary>The rows in one of whose texts the words stand, capital or small; all rows where no words are given.</summary>
    public static IQueryable<T> Holding<T>(IQueryable<T> rows, string? words, params IReadOnlyList<Expression<Func<T, string>>> texts)
    {
        if (string.IsNullOrWhiteSpace(words)) return rows;
        var wanted = words.Trim().ToLowerInvariant();
#pragma warning disable CA1304, CA1311, CA1862, MA0011 // Runs in the database.
        Expression<Func<string, bool>> holds = text => text.ToLower().Contains(wanted);
#pragma warning restore CA1304, CA1311, CA1862, MA0011
        var row = Expression.Parameter(typeof(T), "row");
        var any = texts.Select(t => ExpressionSwap.In(holds.Body, holds.Parameters[0], ExpressionSwap.In(t.Body, t.Parameters[0], row))).Aggregate(Expression.OrElse);
        return rows.Where(Expression.Lambda<Func<T, bool>>(any, row));
    }

    public static Problem? CheckLimit(int limit) => limit is >= 1 and <= PageRequest.MaxLimit
        ? null
        : Problem.Invalid("limit", "limit.range", $"limit is a number from 1 to {PageRequest.MaxLimit}.", PageRequest.MaxLimit);

    public static Problem BadCursor => Problem.Invalid("cursor", "cursor.unreadable", "The cursor is not one that this list gave out for this sort.");

    public static string Write(params string[] parts) => Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(parts)).Replace('+', '-').Replace('/', '_').TrimEnd('=');

    public static bool TryRead(string cursor, string sort, int count, out string[] parts)
    {
        parts = [];
        var base64 = cursor.Replace('-', '+').Replace('_', '/');
        base64 = base64.PadRight((base64.Length + 3) / 4 * 4, '=');
        var bytes = new byte[base64.Length];
        if (cursor.Length > 4000 || !Convert.TryFromBase64String(base64, bytes, out var length)) return false;
        try
        {
            parts = JsonSerializer.Deserialize<string[]>(Encoding.UTF8.GetString(bytes, 0, length)) ?? [];
        }
        catch (JsonException)
        {
            return false;
        }

        return parts.Length == count && parts[0] == sort && Array.TrueForAll(parts, p => p is not null && !p.Contains('\0', StringComparison.Ordinal));
    }

    private static IQueryable<T> Order<T>(IQueryable<T> rows, LambdaExpression key, bool descending, bool first)
    {
        var method = (first ? "OrderBy" : "ThenBy") + (descending ? "Descending" : "");
        return rows.Provider.CreateQuery<T>(Expression.Call(typeof(Queryable), method, [typeof(T), key.ReturnType], rows.Expression, Expression.Quote(key)));
    }

    private static Expression<Func<T, bool>> After<T>(LambdaExpression key, Expression<Func<T, Guid>> id, object lastKey, Guid lastId, bool descending)
    {
        var row = Expression.Parameter(typeof(T), "row");
        var keyOfRow = ExpressionSwap.In(key.Body, key.Parameters[0], row);
        var idOfRow = ExpressionSwap.In(id.Body, id.Parameters[0], row);
        var last = Parameter(lastKey, key.ReturnType);
        var zero = Expression.Constant(0);
        Expression Beyond(Expression compared) => descending ? Expression.LessThan(compared, zero) : Expression.GreaterThan(compared, zero);
        Expression keyBeyond = key.ReturnType == typeof(string)
            ? Beyond(Expression.Call(typeof(string), nameof(string.Compare), null, keyOfRow, last))
            : descending ? Expression.LessThan(keyOfRow, last) : Expression.GreaterThan(keyOfRow, last);
        var idBeyond = Beyond(Expression.Call(idOfRow, nameof(Guid.CompareTo), null, Parameter(lastId, typeof(Guid))));
        return Expression.Lambda<Func<T, bool>>(Expression.OrElse(keyBeyond, Expression.AndAlso(Expression.Equal(keyOfRow, last), idBeyond)), row);
    }

    // A member of a constant becomes a query parameter; a bare constant would make every page a new statement.
    private static UnaryExpression Parameter(object value, Type type) =>
        Expression.Convert(Expression.Property(Expression.Constant(new Held(value)), nameof(Held.Value)), type);

    private static string Text(object? key) => key switch
    {
        string text => text,
        DateTime time => time.ToString("O", CultureInfo.InvariantCulture),
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new InvalidOperationException("A list can sort by text, time and numbers only."),
    };

    private static bool TryConvert(string text, Type type, out object value)
    {
        value = text;
        if (type == typeof(string)) return true;
        if (type == typeof(DateTime) && DateTime.TryParseExact(text, "O", CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var time))
        {
            value = DateTime.SpecifyKind(time, DateTimeKind.Utc);
            return true;
        }

        return false;
    }

    private sealed record Held(object Value);
}
