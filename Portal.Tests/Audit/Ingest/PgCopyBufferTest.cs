using Hexabase.Portal.Support;
using Npgsql;
using NpgsqlTypes;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Audit.Ingest;

/// <summary>The binary COPY form that the bulk path writes itself: the database reads from it what it reads from the driver's.</summary>
public sealed class PgCopyBufferTest(TestPortal world) : IClassFixture<TestPortal>
{
    private static readonly (Guid? Id, int Number, DateTime Time, byte[]? Bytes, string? Text)[] Rows =
    [
        (Guid.Empty, 0, DateTime.UnixEpoch, [], ""),
        (new Guid("01020304-0506-0708-090a-0b0c0d0e0f10"), int.MinValue, new DateTime(1999, 12, 31, 23, 59, 59, DateTimeKind.Utc).AddTicks(9_999_990), [0, 255, 10, 92], "a\tb\nc\\d\"e"),
        (null, int.MaxValue, new DateTime(9999, 12, 31, 23, 59, 59, DateTimeKind.Utc), null, null),
        (new Guid("ffffffff-ffff-4fff-bfff-ffffffffffff"), -1, new DateTime(2026, 11, 20, 1, 2, 3, DateTimeKind.Utc).AddTicks(10), [.. Enumerable.Range(0, 700_000).Select(i => (byte)i)], "日本語 😀 " + new string('é', 400_000)),
    ];

    [Fact]
    public async Task EveryColumn_IsReadAsTheDriverWritesIt()
    {
        var cancelled = TestContext.Current.CancellationToken;
        await using var connection = new NpgsqlConnection(world.ConnectionString);
        await connection.OpenAsync(cancelled);
        await using (var make = new NpgsqlCommand("CREATE TEMP TABLE own (id uuid, number integer, time timestamptz, bytes bytea, text text); CREATE TEMP TABLE theirs (LIKE own)", connection)) await make.ExecuteNonQueryAsync(cancelled);
        await using (var copy = await connection.BeginRawBinaryCopyAsync("COPY own FROM STDIN (FORMAT BINARY)", cancelled))
        {
            var buffer = new PgCopyBuffer();
            buffer.Begin();
            foreach (var row in Rows)
            {
                buffer.Row(5);
                buffer.Id(row.Id);
                buffer.Number(row.Number);
                buffer.Time(row.Time);
                buffer.Bytes(row.Bytes);
                buffer.Text(row.Text);
                if (buffer.IsFull) await buffer.FlushAsync(copy, cancelled);
            }

            buffer.End();
            await buffer.FlushAsync(copy, cancelled);
        }

        await using (var import = await connection.BeginBinaryImportAsync("COPY theirs FROM STDIN (FORMAT BINARY)", cancelled))
        {
            foreach (var row in Rows)
            {
                await import.StartRowAsync(cancelled);
                if (row.Id is { } id) await import.WriteAsync(id, NpgsqlDbType.Uuid, cancelled);
                else await import.WriteNullAsync(cancelled);
                await import.WriteAsync(row.Number, NpgsqlDbType.Integer, cancelled);
                await import.WriteAsync(row.Time, NpgsqlDbType.TimestampTz, cancelled);
                if (row.Bytes is { } bytes) await import.WriteAsync(bytes, NpgsqlDbType.Bytea, cancelled);
                else await import.WriteNullAsync(cancelled);
                if (row.Text is { } text) await import.WriteAsync(text, NpgsqlDbType.Text, cancelled);
                else await import.WriteNullAsync(cancelled);
            }

            await import.CompleteAsync(cancelled);
        }

        await using var compare = new NpgsqlCommand("SELECT (SELECT count(*) FROM own), (SELECT count(*) FROM (SELECT * FROM own INTERSECT SELECT * FROM theirs) AS same)", connection);
        await using var reader = await compare.ExecuteReaderAsync(cancelled);
        (await reader.ReadAsync(cancelled)).ShouldBeTrue();
        (reader.GetInt64(0), reader.GetInt64(1)).ShouldBe((Rows.Length, Rows.Length));
    }
}
