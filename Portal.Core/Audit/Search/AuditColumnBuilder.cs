using System.Runtime.InteropServices;

namespace Hexabase.Portal.Audit.Search;

/// <summary>Collects a field's values, one an entry.</summary>
internal sealed class AuditColumnBuilder
{
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly Dictionary<Guid, int> _ids = [];
    private readonly List<string> _values = [];
    private readonly List<int> _counts = [];
    private readonly List<long> _ordinals = [];

    public void Clear()
    {
        _places.Clear();
        _ids.Clear();
        _values.Clear();
        _counts.Clear();
        _ordinals.Clear();
    }

    public void Add(string? value) => AddOrdinal(Ordinal(value ?? ""));

    public void Add(Guid? value)
    {
        if (value is not { } id) Add((string?)null);
        else if (_ids.TryGetValue(id, out var known)) AddOrdinal(known);
        else AddOrdinal(_ids[id] = Ordinal(id.ToString()));
    }

    public void AddGap()
    {
        if (_values.Count == 0) Ordinal("");
        _ordinals.Add(0);
    }

    public void AddOrdinal(int ordinal)
    {
        _ordinals.Add(ordinal);
        CollectionsMarshal.AsSpan(_counts)[ordinal]++;
    }

    public int Ordinal(string value)
    {
        ref var place = ref CollectionsMarshal.GetValueRefOrAddDefault(_places, value, out var exists);
        if (!exists)
        {
            place = _values.Count;
            _values.Add(value);
            _counts.Add(0);
        }

        return place;
    }

    public byte[] Write() => AuditColumn.Write(_values, CollectionsMarshal.AsSpan(_counts), CollectionsMarshal.AsSpan(_ordinals));
}
