using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Costs.Focus;

/// <summary>Packing, encodings, line ends, and streams that give little or break.</summary>
public sealed class FocusStreamTest
{
    [Fact]
    public async Task GzipOfSeveralMembers_IsReadAsOne()
    {
        var content = new FocusFile().Rows(50).Bytes();
        byte[] packed = [.. FocusFile.Gzip(content[..700]), .. FocusFile.Gzip([]), .. FocusFile.Gzip(content[700..])];

        var reading = await FocusReading.OfAsync(packed);

        reading.Errors.ShouldBeEmpty();
        reading.Rows.Count.ShouldBe(50);
        reading.Sha256.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(content)));
    }

    [Fact]
    public async Task TruncatedGzip_IsAFindingAtEachLength()
    {
        var packed = FocusFile.Gzip(new FocusFile().Rows(40).Bytes());
        for (var length = 2; length < packed.Length; length++)
        {
            var reading = await FocusReading.OfAsync(packed[..length]);

            reading.Fatal.ShouldNotBeNull($"length {length} of {packed.Length}").Code.ShouldBe("focus.gzip.broken", $"length {length} of {packed.Length}");
            reading.Sha256.ShouldBeEmpty();
            reading.Rows.ShouldAllBe(row => row.Errors.Count == 0);
        }
    }

    [Fact]
    public async Task BentGzip_IsAFinding()
    {
        var content = new FocusFile().Rows(40).Bytes();
        var sha = Convert.ToHexStringLower(SHA256.HashData(content));
        var packed = FocusFile.Gzip(content);
        for (var at = 10; at < packed.Length; at++)
        {
            var bent = packed.ToArray();
            bent[at] ^= 0x40;

            // Bits that carry nothing may turn: the padding of the last byte of the deflated data. What is read is right or refused.
            var reading = await FocusReading.OfAsync(bent);
            if (reading.Sha256 != sha) reading.Errors.ShouldNotBeEmpty($"byte {at}");
        }
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("\u001f")]
    [InlineData("\0\0\0\0")]
    public async Task BytesBehindGzip_AreAFinding(string behind)
    {
        byte[] packed = [.. FocusFile.Gzip(new FocusFile().Rows(4).Bytes()), .. Encoding.ASCII.GetBytes(behind)];

        (await FocusReading.OfAsync(packed)).Fatal.ShouldNotBeNull().Code.ShouldBe("focus.gzip.broken");
    }

    [Fact]
    public async Task MembersSplitAnywhere_AreReadAsOne()
    {
        byte[] packed = [.. FocusFile.Gzip(new FocusFile().Rows(3).Bytes()), .. FocusFile.Gzip(Encoding.UTF8.GetBytes(new FocusFile().Row().Text().Split('\n')[1]))];
        for (var chunk = 1; chunk < packed.Length; chunk++)
        {
            var reading = await FocusReading.OfAsync(new TrickleStream(packed, chunk));

            reading.Errors.ShouldBeEmpty($"chunks of {chunk}");
            reading.Rows.Count.ShouldBe(4, $"chunks of {chunk}");
        }
    }

    [Fact]
    public async Task GzipBomb_IsCutOff()
    {
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            var line = Encoding.UTF8.GetBytes(new FocusFile().Row().Text().Split('\n')[1] + "\n");
            gzip.Write(new FocusFile().Bytes());
            for (var i = 0; i < 400_000; i++) gzip.Write(line);
        }

        packed.Position = 0;
        await using var reader = await FocusReader.OpenAsync(packed, new FocusReadOptions { MaxExpansion = 50 }, CancellationToken.None);
        while (await reader.ReadAsync(CancellationToken.None))
        {
        }

        reader.Fatal.ShouldNotBeNull().Code.ShouldBe("focus.gzip.bomb");
        reader.RowsRead.ShouldBeLessThan(200_000);
    }

    [Fact]
    public async Task GzipOfZeros_IsCutOffAtTheRowLimit()
    {
        var reading = await FocusReading.OfAsync(FocusFile.Gzip([.. new FocusFile().Rows(1).Bytes(), .. new byte[8 * 1024 * 1024]]));

        var fatal = reading.Fatal.ShouldNotBeNull();
        (fatal.Row, fatal.Code).ShouldBe((2, "focus.row.tooLong"));
    }

    [Fact]
    public async Task OpenQuote_IsAFindingAtRowAndColumn()
    {
        var text = new FocusFile().Rows(2).Text() + "1.5,\"1234,Sunbird\n" + new FocusFile().Row(("Tags", "")).Row(("Tags", "")).Text();

        var fatal = (await FocusReading.OfAsync(Encoding.UTF8.GetBytes(text))).Fatal.ShouldNotBeNull();

        (fatal.Row, fatal.Column, fatal.Code).ShouldBe((3, "BillingAccountId", "focus.csv.openQuote"));
    }

    [Theory]
    [InlineData("utf-16", true)]
    [InlineData("utf-16BE", true)]
    [InlineData("utf-16", false)]
    [InlineData("utf-16BE", false)]
    public async Task Utf16_IsRefusedByName(string name, bool mark)
    {
        var encoding = Encoding.GetEncoding(name);
        byte[] content = [.. mark ? encoding.GetPreamble() : [], .. encoding.GetBytes(new FocusFile().Row().Text())];

        foreach (var bytes in new[] { content, FocusFile.Gzip(content) })
        {
            var fatal = (await FocusReading.OfAsync(bytes)).Fatal.ShouldNotBeNull();
            fatal.Code.ShouldBe("focus.encoding.utf16");
            fatal.Message.ShouldContain("Broken encoding");
        }
    }

    [Theory]
    [InlineData("PK\u0003\u0004rest")]
    [InlineData("PAR1rest")]
    public async Task OtherFormat_IsRefusedByName(string content) =>
        (await FocusReading.OfAsync(Encoding.ASCII.GetBytes(content))).Fatal.ShouldNotBeNull().Code.ShouldBe("focus.file.format");

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\r")]
    [InlineData("\n\n")]
    public async Task LineEnds_AreAllAccepted(string lineEnd)
    {
        var text = new FocusFile { LineEnd = lineEnd }.Row().Row(("ServiceName", "two\nlines, \"quoted\"")).Text();
        foreach (var content in new[] { text, text.TrimEnd('\r', '\n'), "\uFEFF" + text })
        {
            var reading = await FocusReading.OfAsync(Encoding.UTF8.GetBytes(content));

            reading.Errors.ShouldBeEmpty();
            reading.Warnings.ShouldBeEmpty();
            reading.Rows.Select(row => row.Text[FocusColumn.ServiceName]).ShouldBe(["Virtual Machines", "two\nlines, \"quoted\""]);
        }
    }

    [Fact]
    public async Task RawOfEachRow_MakesTheFileAgain()
    {
        var text = new FocusFile().Row().Row(("BilledCost", "NaN"), ("ServiceName", "a\"b\nc")).Row(("Tags", "{\"b\":1,  \"a\":2}")).Text();
        var reading = await FocusReading.OfAsync(Encoding.UTF8.GetBytes(text));

        string.Concat(reading.Rows.Select(row => row.Raw + "\n")).ShouldBe(text[(text.IndexOf('\n') + 1)..]);
    }

    [Fact]
    public async Task OneByteAtATime_ReadsTheSame()
    {
        var file = new FocusFile().Column("x_Note").Row(("x_Note", "日本語 🎉")).Row(("ServiceName", "a\"b\r\nc")).Rows(20);
        foreach (var content in new[] { file.Bytes(), FocusFile.Gzip(file.Bytes()) })
        {
            var reading = await FocusReading.OfAsync(new TrickleStream(content), new FocusReadOptions { BufferBytes = 64 });

            reading.Errors.ShouldBeEmpty();
            reading.Rows.Count.ShouldBe(22);
            reading.Rows[0].Unknown.ShouldBe(["日本語 🎉"]);
            reading.Rows[1].Text[FocusColumn.ServiceName].ShouldBe("a\"b\r\nc");
            reading.BytesRead.ShouldBe(content.Length);
        }
    }

    [Fact]
    public async Task Cancellation_Throws()
    {
        await using var reader = await FocusReader.OpenAsync(new MemoryStream(new FocusFile().Rows(5).Bytes()), new FocusReadOptions(), CancellationToken.None);

        await Should.ThrowAsync<OperationCanceledException>(async () => await reader.ReadAsync(new CancellationToken(canceled: true)));
    }

    private sealed class TrickleStream(byte[] content, int chunk = 1) : MemoryStream(content)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => base.ReadAsync(buffer[..Math.Min(chunk, buffer.Length)], cancellationToken);
    }
}
