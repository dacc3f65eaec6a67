using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Hexabase.Portal.Support;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Audit.Tree;

/// <summary>RFC 8785 against its author's vectors, its appendix B, and what it refuses.</summary>
public sealed class JcsTest
{
    [Theory]
    [InlineData("arrays")]
    [InlineData("french")]
    [InlineData("structures")]
    [InlineData("unicode")]
    [InlineData("values")]
    [InlineData("weird")]
    public void Vector_GivesItsBytes(string name)
    {
        var folder = SharedData.PathOrSkip("vectors/jcs-rfc8785");
        var hex = File.ReadAllText(Path.Combine(folder, "outhex", $"{name}.txt"));
        var expected = Convert.FromHexString(string.Concat(hex.Where(char.IsAsciiHexDigit)));
        Jcs.Canonicalize(File.ReadAllBytes(Path.Combine(folder, "input", $"{name}.json"))).ShouldBe(expected);
    }

    [Theory]
    [InlineData(0x0000000000000000, "0")]
    [InlineData(0x8000000000000000, "0")]
    [InlineData(0x0000000000000001, "5e-324")]
    [InlineData(0x8000000000000001, "-5e-324")]
    [InlineData(0x7fefffffffffffff, "1.7976931348623157e+308")]
    [InlineData(0x4340000000000000, "9007199254740992")]
    [InlineData(0x4430000000000000, "295147905179352830000")]
    [InlineData(0x44b52d02c7e14af5, "9.999999999999997e+22")]
    [InlineData(0x44b52d02c7e14af6, "1e+23")]
    [InlineData(0x444b1ae4d6e2ef4e, "999999999999999700000")]
    [InlineData(0x444b1ae4d6e2ef50, "1e+21")]
    [InlineData(0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7")]
    [InlineData(0x3eb0c6f7a0b5ed8d, "0.000001")]
    [InlineData(0x41b3de4355555553, "333333333.3333332")]
    [InlineData(0xbecbf647612f3696, "-0.0000033333333333333333")]
    public void Number_IsWrittenAsAppendixBSays(ulong bits, string expected) => Jcs.Number(BitConverter.UInt64BitsToDouble(bits)).ShouldBe(expected);

    [Fact]
    public void AnyNumber_ReadsBackTheSame() => Prop.ForAll(ArbMap.Default.ArbFor<NormalFloat>(), f => double.Parse(Jcs.Number(f.Get), CultureInfo.InvariantCulture).Equals(f.Get + 0.0)).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("""{"a":1,"a":2}""")]
    [InlineData("""{"a":1,"\u0061":2}""")]
    [InlineData("""["\ud800"]""")]
    [InlineData("""{"\udc00":1}""")]
    [InlineData("NaN")]
    [InlineData("1e999")]
    [InlineData("[1,]")]
    [InlineData("// no\n1")]
    [InlineData("")]
    [InlineData("1 2")]
    [InlineData("\uFEFF1")]
    public void WhatHasNoCanonicalForm_IsRefused(string json) => Should.Throw<FormatException>(() => Jcs.Canonicalize(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void InvalidUtf8AndDeepNesting_AreRefused()
    {
        Should.Throw<FormatException>(() => Jcs.Canonicalize([(byte)'"', 0xC3, 0x28, (byte)'"']));
        Should.Throw<FormatException>(() => Jcs.Canonicalize(Encoding.UTF8.GetBytes(new string('[', 100_000))));
    }

    [Fact]
    public void EveryTestedBody_EitherCanonicalizesOrIsRefusedClearly()
    {
        using var suite = JsonDocument.Parse(File.ReadAllBytes(SharedData.PathOrSkip("vectors/json-parsing/jsontestsuite.json")));
        var rows = suite.RootElement.ValueKind == JsonValueKind.Array ? suite.RootElement : suite.RootElement.EnumerateObject().First(p => p.Value.ValueKind == JsonValueKind.Array).Value;
        var count = 0;
        foreach (var row in rows.EnumerateArray())
        {
            if (!row.TryGetProperty("b64", out var body) && !row.TryGetProperty("body_b64", out body)) continue;
            count++;
            try
            {
                var once = Jcs.Canonicalize(body.GetBytesFromBase64());
                Jcs.Canonicalize(once).ShouldBe(once);
            }
            catch (FormatException e)
            {
                e.Message.ShouldNotBeEmpty();
            }
        }

        count.ShouldBeGreaterThan(100);
    }

    [Fact]
    public void Writer_WritesWhatTheCanonicalizerWouldWrite() => Prop.ForAll(ArbMap.Default.ArbFor<string?>(), ArbMap.Default.ArbFor<int>(), (text, number) =>
    {
        var clean = text is null ? null : new string([.. text.Where(c => !char.IsSurrogate(c))]) + "\u0001\"\\\u2028\uD83D\uDE02é";
        var output = new ArrayBufferWriter<byte>();
        var writer = new JcsWriter(output);
        writer.StartObject();
        writer.String("a"u8, clean);
        writer.StartObject("b"u8);
        writer.String("c"u8, clean);
        writer.Number("d"u8, number);
        writer.EndObject();
        writer.Base64("e"u8, [1, 2, 3, 4]);
        writer.String("f"u8, Guid.Parse("0199AAAA-BBBB-7CCC-8DDD-EEEEEEEEEEEE"));
        writer.EndObject();
        return Jcs.Canonicalize(output.WrittenSpan).AsSpan().SequenceEqual(output.WrittenSpan);
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("2026-11-20T17:00:00.1234569Z", "2026-11-20T17:00:00.123456Z")]
    [InlineData("2026-11-20T17:00:00Z", "2026-11-20T17:00:00.000000Z")]
    public void Time_HasSixDecimals(string time, string expected)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new JcsWriter(output);
        writer.StartObject();
        writer.String("t"u8, DateTime.Parse(time, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal));
        writer.String("u"u8, (string?)null);
        writer.EndObject();
        Encoding.UTF8.GetString(output.WrittenSpan).ShouldBe($$"""{"t":"{{expected}}"}""");
    }

    [Fact]
    public void LoneSurrogateInTheWriter_IsRefused() => Should.Throw<FormatException>(() =>
    {
        var writer = new JcsWriter(new ArrayBufferWriter<byte>());
        writer.StartObject();
        writer.String("a"u8, "\ud800");
    });
}
