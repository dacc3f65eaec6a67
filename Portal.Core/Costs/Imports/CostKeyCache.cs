using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Hexabase.Portal.Costs.Focus;
using Hexabase.Portal.Costs.Storage;
using Hexabase.Portal.Data;

namespace Hexabase.Portal.Costs.Imports;

/// <summary>One distinct combination of key columns met by an import. Its id is known after the next <see cref="CostKeyCache.ResolveAsync"/>.</summary>
internal sealed class CostKeyEntry(byte[] bytes, ulong hash)
{
    public byte[] Bytes { get; } = bytes;

    public ulong Hash { get; } = hash;

    public CostKeyEntry? Next { get; set; }

    public long Id { get; set; }

    public bool HasId => Id != 0;

    /// <summary>The slice of this import that the key belongs to; -1 until the import has looked.</summary>
    public int Slice { get; set; } = -1;

    /// <summary>The currency's place in the import's list.</summary>
    public int Currency { get; set; }
}

/// <summary>
/// Finds the id of each row's key. Rows are compared byte by byte with what is kept in memory (at most <see cref="MaxBytes"/>); what is new gets its id from
/// the database in batches, by the SHA-256 of its bytes, so that nobody can make two keys meet.
/// </summary>
internal sealed class CostKeyCache(PortalDatabase database, Guid organizationId)
{
    public const int MaxBytes = 12 * 1024 * 1024;
    public const int MaxEntries = 20_000;
    private const int BatchSize = 5000;

    private static readonly string[] Columns = ["hash", .. CostColumns.Keys.Select(CostColumns.Name)];
    private static readonly bool[] IsTime = [.. CostColumns.Keys.Select(CostColumns.IsTime)];
    private static readonly string[] RowColumns = ["hash uuid", .. CostColumns.Keys.Select(c => $"{CostColumns.Name(c)} {(CostColumns.IsTime(c) ? "time" : "text")}")];

    private readonly List<CostKeyEntry> _new = [];
    private CostKeyEntry?[] _buckets = new CostKeyEntry?[1024];
    private byte[] _scratch = new byte[16 * 1024];
    private int _count;
    private long _bytes;

    /// <summary>Whether the import should put aside what refers to the entries and call <see cref="Clear"/>.</summary>
    public bool IsFull => _count >= MaxEntries || _bytes >= MaxBytes;

    public int NewCount => _new.Count;

    public CostKeyEntry Find(FocusRow row)
    {
        var key = Encode(row);
        var hash = HashOf(key);
        ref var bucket = ref _buckets[hash & (ulong)(_buckets.Length - 1)];
        for (var entry = bucket; entry is not null; entry = entry.Next)
        {
            if (entry.Hash == hash && key.SequenceEqual(entry.Bytes)) return entry;
        }

        var added = new CostKeyEntry(key.ToArray(), hash) { Next = bucket };
        bucket = added;
        _new.Add(added);
        _bytes += key.Length + 100;
        if (++_count > _buckets.Length) Grow();
        return added;
    }

    /// <summary>Gives every new entry its id, in a short transaction of its own; keys that no line comes to use are harmless.</summary>
    public async ValueTask ResolveAsync(CancellationToken cancellationToken)
    {
        for (var from = 0; from < _new.Count; from += BatchSize)
        {
            var batch = _new.GetRange(from, Math.Min(BatchSize, _new.Count - from)).ToDictionary(e => new Guid(SHA256.HashData(e.Bytes).AsSpan(0, 16)));
            await using var open = await database.OpenAsync(DataScope.Of(organizationId), forWriting: true, cancellationToken);
            var db = new CostDb(open.Db);
            var staged = await db.StageAsync("new_keys", RowColumns, batch, Write, cancellationToken);
            await db.ExecuteAsync(db.Sql.InsertKeys(string.Join(", ", Columns), staged.From), cancellationToken, staged.Parameters);
            var ids = await db.ReadAsync(
                $"SELECT k.hash, k.id FROM {staged.From} JOIN cost_keys k ON k.organization_id = @org AND k.hash = n.hash", r => (r.GetGuid(0), r.GetInt64(1)), cancellationToken, staged.Parameters);
            await open.CommitAsync(cancellationToken);
            foreach (var (hash, id) in ids) batch[hash].Id = id;
            if (batch.Values.Any(e => !e.HasId)) throw new InvalidOperationException("A key has no id.");
        }

        _new.Clear();
    }

    /// <summary>Forgets all entries; those in use elsewhere live on until they are let go.</summary>
    public void Clear()
    {
        Array.Clear(_buckets);
        _count = 0;
        _bytes = 0;
    }

    private ReadOnlySpan<byte> Encode(FocusRow row)
    {
        var used = 0;
        for (var i = 0; i < CostColumns.Keys.Length; i++)
        {
            if (_scratch.Length - used < 16) Array.Resize(ref _scratch, _scratch.Length * 2);
            if (IsTime[i])
            {
                BinaryPrimitives.WriteInt64LittleEndian(_scratch.AsSpan(used), row.Time(CostColumns.Keys[i]).Ticks);
                used += 8;
                continue;
            }

            var text = row.Text(CostColumns.Keys[i]);
            if (_scratch.Length - used < text.Length + 16) Array.Resize(ref _scratch, _scratch.Length + text.Length + (16 * 1024));
            BinaryPrimitives.WriteInt32LittleEndian(_scratch.AsSpan(used), text.Length);
            text.CopyTo(_scratch.AsSpan(used + 4));
            used += 4 + text.Length;
        }

        return _scratch.AsSpan(0, used);
    }

    private static void Write(RowWriter target, KeyValuePair<Guid, CostKeyEntry> entry)
    {
        target.Begin();
        target.Id(entry.Key);
        ReadOnlySpan<byte> bytes = entry.Value.Bytes;
        for (var i = 0; i < CostColumns.Keys.Length; i++)
        {
            if (IsTime[i])
            {
                target.Time(BinaryPrimitives.ReadInt64LittleEndian(bytes));
                bytes = bytes[8..];
                continue;
            }

            var length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
            target.Text(bytes.Slice(4, length));
            bytes = bytes[(4 + length)..];
        }
    }

    private void Grow()
    {
        var old = _buckets;
        _buckets = new CostKeyEntry?[old.Length * 2];
        foreach (var head in old)
        {
            for (var entry = head; entry is not null;)
            {
                var next = entry.Next;
                ref var bucket = ref _buckets[entry.Hash & (ulong)(_buckets.Length - 1)];
                entry.Next = bucket;
                bucket = entry;
                entry = next;
            }
        }
    }

    // Four chains that do not wait for each other. Not for strangers: a collision costs time, and keys are compared byte by byte.
    private static ulong HashOf(ReadOnlySpan<byte> key)
    {
        const ulong Multiplier = 0x9E37_79B9_7F4A_7C15;
        var (a, b, c, d) = ((ulong)key.Length * Multiplier, 1UL, 2UL, 3UL);
        var words = MemoryMarshal.Cast<byte, ulong>(key);
        var i = 0;
        for (; i + 4 <= words.Length; i += 4)
        {
            a = BitOperations.RotateLeft((a ^ words[i]) * Multiplier, 29);
            b = BitOperations.RotateLeft((b ^ words[i + 1]) * Multiplier, 29);
            c = BitOperations.RotateLeft((c ^ words[i + 2]) * Multiplier, 29);
            d = BitOperations.RotateLeft((d ^ words[i + 3]) * Multiplier, 29);
        }

        for (; i < words.Length; i++) a = BitOperations.RotateLeft((a ^ words[i]) * Multiplier, 29);
        foreach (var rest in key[(words.Length * 8)..]) b = (b ^ rest) * Multiplier;
        var hash = (((((a * Multiplier) ^ b) * Multiplier) ^ c) * Multiplier) ^ d;
        hash *= Multiplier;
        return hash ^ (hash >> 32);
    }
}
