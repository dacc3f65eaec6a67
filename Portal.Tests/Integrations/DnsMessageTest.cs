using FsCheck;
using FsCheck.Fluent;
using Hexabase.Portal.Integrations.Outbound;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Integrations;

public sealed class DnsMessageTest
{
    private const ushort Id = 0x1234;
    private const string Name = "_hexabase-challenge.Acme.test";
    private static readonly byte[] Question = DnsMessage.Question(Id, Name);
    private static readonly byte[] Own = [0xC0, 12];

    [Fact]
    public void Strings_OfARecord_AreJoinedWithoutAnythingBetween_AndRecordsStayApart()
    {
        Read(TestDnsServer.Answer(Question, TestDnsServer.Txt("hexabase-", "portal-", "", "verification=x"), TestDnsServer.Txt("v=spf1 -all"))).Texts.ShouldBe(["hexabase-portal-verification=x", "v=spf1 -all"]);
        Read(TestDnsServer.Answer(Question, TestDnsServer.Txt([.. Enumerable.Repeat(new string('a', 255), 250)]))).Texts.ShouldHaveSingleItem().Length.ShouldBe(255 * 250);
        Read(TestDnsServer.Answer(Question)).ShouldBe(new DnsAnswer(DnsAnswerState.Answered, 0, []), new SameTexts());
    }

    [Fact]
    public void Aliases_AreFollowed_InAnyOrder_AndRecordsOfOthersAreNot()
    {
        byte[] other = [3, (byte)'D', (byte)'n', (byte)'s', 2, (byte)'t', (byte)'o', 0];
        Read(TestDnsServer.Answer(Question, 0, ([3, .. "dns"u8, 2, .. "to"u8, 0], 16, TestDnsServer.Txt("there")), (Own, 5, other))).Texts.ShouldBe(["there"]);
        Read(TestDnsServer.Answer(Question, 0, (other, 16, TestDnsServer.Txt("not asked for")))).Texts.ShouldBeEmpty();
        // Of two names that lead to each other none has a text.
        Read(TestDnsServer.Answer(Question, 0, (Own, 5, other), (other, 5, Own))).Texts.ShouldBeEmpty();
    }

    [Fact]
    public void AnswerToSomethingElse_IsForeign()
    {
        var answer = TestDnsServer.Answer(Question, TestDnsServer.Txt("text"));
        Read(answer).Texts.ShouldBe(["text"]);
        DnsMessage.Read(answer, Id ^ 1, Name).State.ShouldBe(DnsAnswerState.Foreign, "another id");
        DnsMessage.Read(answer, Id, "_hexabase-challenge.acme.tess").State.ShouldBe(DnsAnswerState.Foreign, "another name");
        DnsMessage.Read(answer, Id, Name.ToUpperInvariant()).Texts.ShouldBe(["text"], "names differ by more than their case");
        Read(Question).State.ShouldBe(DnsAnswerState.Foreign, "a question is no answer");
        Changed(answer, 5, 2).State.ShouldBe(DnsAnswerState.Foreign, "two questions");
        Changed(answer, Question.Length - 3, 1).State.ShouldBe(DnsAnswerState.Foreign, "another type");
        Changed(answer, Question.Length - 1, 3).State.ShouldBe(DnsAnswerState.Foreign, "another class");
        Changed(answer, 2, 0x91).State.ShouldBe(DnsAnswerState.Foreign, "another operation");
        // A label with a dot in it is not two labels.
        var dotted = TestDnsServer.Answer(DnsMessage.Question(Id, "a-b.test"), TestDnsServer.Txt("text"));
        dotted[14] = (byte)'.';
        DnsMessage.Read(dotted, Id, "a.b.test").State.ShouldBe(DnsAnswerState.Foreign);
    }

    [Fact]
    public void TruncatedAndFailed_AreTold()
    {
        Changed(TestDnsServer.Answer(Question), 2, 0x83).State.ShouldBe(DnsAnswerState.Truncated);
        foreach (var code in new[] { 1, 2, 3, 5 }) Read(TestDnsServer.Answer(Question, code)).ShouldBe(new DnsAnswer(DnsAnswerState.Answered, code, []), new SameTexts());
    }

    [Theory]
    [InlineData(new byte[] { 0xC0, 45 })] // Itself: the record's owner begins there.
    [InlineData(new byte[] { 0xC0, 60 })] // Forward.
    [InlineData(new byte[] { 0xC0, 4 })] // Into the header.
    [InlineData(new byte[] { 0xFF, 0xFF })] // Beyond the end.
    [InlineData(new byte[] { 1, (byte)'a', 0xC0, 45 })] // Round in a circle through a label.
    [InlineData(new byte[] { 0x80, 1 })] // A kind of label that there is not.
    [InlineData(new byte[] { 0x41, 1 })]
    public void PointerThatLeadsNowhere_MakesTheAnswerUnreadable(byte[] owner)
    {
        Question.Length.ShouldBe(45 + 2);
        var at = Question.Length;
        for (var i = 0; i + 1 < owner.Length; i++) if (owner[i] == 0xC0 && owner[i + 1] == 45) owner[i + 1] = (byte)at;
        Read(TestDnsServer.Answer(Question, 0, (owner, 16, TestDnsServer.Txt("text")))).State.ShouldBe(DnsAnswerState.Unreadable);
    }

    [Fact]
    public void NameOfMoreThan255Bytes_IsUnreadable()
    {
        // Each of them leads to the one before with one more label; the names get longer than any may be.
        var records = new List<(byte[], ushort, byte[])>();
        var at = Question.Length;
        for (var (i, before) = (0, 12); i < 10; i++)
        {
            byte[] owner = [60, .. Enumerable.Repeat((byte)'x', 60), (byte)(0xC0 | (before >> 8)), (byte)before];
            records.Add((owner, 16, TestDnsServer.Txt("t")));
            (before, at) = (at, at + owner.Length + 10 + 2);
        }

        Read(TestDnsServer.Answer(Question, 0, [.. records])).State.ShouldBe(DnsAnswerState.Unreadable);
        Read(TestDnsServer.Answer(Question, 0, [.. records.Take(2)])).State.ShouldBe(DnsAnswerState.Answered);
    }

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 5, (byte)'a' })]
    [InlineData(new byte[] { 1, (byte)'a', 9 })]
    [InlineData(new byte[] { 255 })]
    public void RecordWhoseStringsDoNotFillIt_IsUnreadable(byte[] data) => Read(TestDnsServer.Answer(Question, data)).State.ShouldBe(DnsAnswerState.Unreadable);

    [Fact]
    public void EveryCut_OfAnAnswer_IsNoAnswer()
    {
        var answer = TestDnsServer.Answer(Question, TestDnsServer.Txt("hexabase", "=x"), TestDnsServer.Txt("other"));
        for (var length = 0; length < answer.Length; length++) DnsMessage.Read(answer.AsSpan(0, length), Id, Name).State.ShouldBe(length < Question.Length ? DnsAnswerState.Foreign : DnsAnswerState.Unreadable, $"{length} bytes");
        DnsMessage.Read(new byte[DnsMessage.MaxBytes + 1], Id, Name).State.ShouldBe(DnsAnswerState.Foreign, "more than any message has");
    }

    [Fact]
    public void AnyBytes_AreReadWithoutFailing_AndNeverAsTheText() => Prop.ForAll(
        ArbMap.Default.ArbFor<byte[]>(), ArbMap.Default.ArbFor<(int, byte)[]>(), (noise, changes) =>
        {
            var whole = (byte[])[.. TestDnsServer.Answer(Question, TestDnsServer.Txt("text")), .. noise];
            foreach (var (at, value) in changes) whole[(int)((uint)at % (uint)whole.Length)] ^= value;
            var afterQuestion = (byte[])[.. TestDnsServer.Answer(Question, 0)[..6], 0, 9, 0, 0, 0, 0, .. Question[12..], .. noise];
            return Read(whole).Texts.All(t => t.Length <= DnsMessage.MaxBytes) && Read(afterQuestion).Texts.Count <= 9 && DnsMessage.Read(noise, Id, Name).State == DnsAnswerState.Foreign;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void AnyStrings_ComeBackJoined() => Prop.ForAll(
        ArbMap.Default.ArbFor<NonNull<string>[]>(), strings =>
        {
            var texts = strings.Select(s => new string([.. s.Get.Where(c => c < 256).Take(255)])).ToArray();
            return texts.Length == 0 || Read(TestDnsServer.Answer(Question, TestDnsServer.Txt(texts))).Texts.Single() == string.Concat(texts);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("example.test", true)]
    [InlineData("a..test", false)]
    [InlineData("", false)]
    [InlineData("例え.test", false)]
    public void Name_FitsOrDoesNot(string name, bool fits)
    {
        DnsMessage.CanHold(name).ShouldBe(fits);
        DnsMessage.CanHold($"{new string('a', 63)}.test").ShouldBeTrue();
        DnsMessage.CanHold($"{new string('a', 64)}.test").ShouldBeFalse();
        DnsMessage.CanHold(string.Join('.', Enumerable.Repeat("abcdefghi", 26))).ShouldBeFalse("259 characters");
    }

    private static DnsAnswer Read(byte[] message) => DnsMessage.Read(message, Id, Name);

    private static DnsAnswer Changed(byte[] answer, int at, byte value) => Read([.. answer[..at], value, .. answer[(at + 1)..]]);

    private sealed class SameTexts : IEqualityComparer<DnsAnswer>
    {
        public bool Equals(DnsAnswer? x, DnsAnswer? y) => x?.State == y?.State && x?.Code == y?.Code && x?.Texts.SequenceEqual(y?.Texts ?? []) == true;

        public int GetHashCode(DnsAnswer obj) => obj.Code;
    }
}
