using System.Globalization;
using System.Text;
using System.Text.Json;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Costs.Storage;

/// <summary>Takes the values of a row in the order of its columns.</summary>
internal abstract class RowWriter
{
    public abstract void Begin();

    public abstract void Number(long value);

    public abstract void Id(Guid value);

    /// <param name="day">As in <see cref="DateOnly.DayNumber"/>.</param>
    public abstract void Day(int day);

    /// <param name="ticks">UTC.</param>
    public abstract void Time(long ticks);

    /// <summary>UTF-8; empty is null.</summary>
    public abstract void Text(ReadOnlySpan<byte> value);

    /// <summary>Empty stays empty.</summary>
    public abstract void Word(string value);

    public abstract void Exact(Int128 atto);
}

/// <summary>Rows as a JSON array of objects, for <see cref="CostSql.Rows"/>.</summary>
internal sealed class JsonRows : RowWriter, IDisposable
{
    private readonly MemoryStream _stream = new();
    private readonly Utf8JsonWriter _json;
    private readonly string[] _names;
    private int _next;

    public JsonRows(IEnumerable<string> columns)
    {
        _names = [.. columns.Select(c => c[..c.IndexOf(' ', StringComparison.Ordinal)])];
        _next = _names.Length;
        _json = new Utf8JsonWriter(_stream);
        _json.WriteStartArray();
    }

    private string Name => _names[_next++];

    public override void Begin()
    {
        if (_json.CurrentDepth > 1) _json.WriteEndObject();
        _json.WriteStartObject();
        _next = 0;
    }

    public override void Number(long value) => _json.WriteNumber(Name, value);

    public override void Id(Guid value) => _json.WriteString(Name, value);

    public override void Day(int day) => _json.WriteString(Name, DateOnly.FromDayNumber(day).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));

    public override void Time(long ticks) => _json.WriteString(Name, new DateTime(ticks, DateTimeKind.Utc));

    public override void Text(ReadOnlySpan<byte> value)
    {
        var name = Name;
        if (!value.IsEmpty) _json.WriteString(name, value);
    }

    public override void Word(string value) => _json.WriteString(Name, value);

    public override void Exact(Int128 atto) => _json.WriteString(Name, new Amount(atto).ToString());

    public override string ToString()
    {
        if (_json.CurrentDepth > 1) _json.WriteEndObject();
        if (_json.CurrentDepth > 0) _json.WriteEndArray();
        _json.Flush();
        return Encoding.UTF8.GetString(_stream.GetBuffer(), 0, (int)_stream.Length);
    }

    public void Dispose()
    {
        _json.Dispose();
        _stream.Dispose();
    }
}
