using System.Text;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Audit.Tree;

/// <summary>Notes and checkpoints: what is written reads back, unknown signers do not count, everything else is strict.</summary>
public sealed class SignedNoteTest
{
    private static readonly Guid Log = Guid.Parse("0199aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee");
    private static readonly AuditSigningKey Key = AuditSigningKey.Generate();
    private static readonly AuditSigner Signer = new(Checkpoint.OriginOf(Log), Key);

    private static string Signed => new Checkpoint(Checkpoint.OriginOf(Log), 3, MerkleTree.LeafHash("x"u8)).Sign([Signer]);

    [Fact]
    public void SignedCheckpoint_ReadsBackAndVerifies()
    {
        var note = SignedNote.Parse(Encoding.UTF8.GetBytes(Signed));
        note.SignedBy([Signer.Verifier]).Count.ShouldBe(1);
        var checkpoint = Checkpoint.Parse(note);
        checkpoint.Size.ShouldBe(3);
        Checkpoint.LogOf(checkpoint.Origin).ShouldBe(Log);
        checkpoint.Root.ShouldBe(MerkleTree.LeafHash("x"u8));
        SignedNote.Parse(note.ToString()).ToString().ShouldBe(note.ToString());
        Signed.ShouldStartWith($"hexabase.portal/audit/{Log}\n3\n");
    }

    [Fact]
    public void SeveralSigners_AllCount_AndUnknownOnesDoNot()
    {
        using var second = AuditSigningKey.Generate();
        using var stranger = AuditSigningKey.Generate();
        var witness = new AuditSigner("witness.example/w1", stranger);
        var note = SignedNote.Parse(new Checkpoint(Signer.Name, 0, MerkleTree.EmptyRoot).Sign([Signer, new AuditSigner(Signer.Name, second), witness]));
        note.Signatures.Count.ShouldBe(3);
        note.SignedBy([Signer.Verifier, new AuditSigner(Signer.Name, second).Verifier]).Count.ShouldBe(2);
        note.SignedBy([AuditVerifierKey.FromPublicKey("other", stranger.PublicKey)]).ShouldBeEmpty();
        note.SignedBy([witness.Verifier]).Single().Name.ShouldBe("witness.example/w1");
    }

    [Fact]
    public void WrongSignatureOfAKnownKey_RefusesTheNote()
    {
        var forged = Signed.Replace("\n3\n", "\n4\n", StringComparison.Ordinal);
        Should.Throw<FormatException>(() => SignedNote.Parse(forged).SignedBy([Signer.Verifier])).Message.ShouldContain("is wrong");
    }

    [Fact]
    public void MalformedNotes_AreRefused()
    {
        var good = Signed;
        string[] bad =
        [
            "", "\n", "a\n", "a\n\n", good.TrimEnd('\n'), good + "\n", good.Replace("\u2014", "-", StringComparison.Ordinal), good.Replace("\u2014 ", "\u2014  ", StringComparison.Ordinal),
            good.Replace("\n\n", "\n", StringComparison.Ordinal), good.Insert(good.Length - 1, " "), good.Insert(good.Length - 1, "="), "a\tb" + good, "a\rb" + good, good + "trailing\n",
            $"a\n\n\u2014 a+b AAAAAAAA\n", $"a\n\n\u2014  AAAAAAAA\n", $"a\n\n\u2014 n AAAA\n", $"a\n\n{string.Concat(Enumerable.Repeat("\u2014 n AAAAAAAA\n", 101))}", new string('a', 70_000) + "\n\n\u2014 n AAAAAAAA\n",
        ];
        foreach (var note in bad) Should.Throw<FormatException>(() => SignedNote.Parse(note), note);
        Should.Throw<FormatException>(() => SignedNote.Parse([0x61, 0xFF, 0x0A, 0x0A]));
    }

    [Theory]
    [InlineData("o\n1\n")]
    [InlineData("o\n01\nSpYqulgqDCn1gwevS3fqVbKXQCgzqPRcYvdyCeaWjgA=\n")]
    [InlineData("o\n-1\nSpYqulgqDCn1gwevS3fqVbKXQCgzqPRcYvdyCeaWjgA=\n")]
    [InlineData("o\n+1\nSpYqulgqDCn1gwevS3fqVbKXQCgzqPRcYvdyCeaWjgA=\n")]
    [InlineData("o\n99999999999999999999\nSpYqulgqDCn1gwevS3fqVbKXQCgzqPRcYvdyCeaWjgA=\n")]
    [InlineData("o\n1\nSpYqulgqDCn1gwevS3fqVbKXQCgzqPRcYvdyCeaWjgB=\n")]
    [InlineData("o\n1\nSpYqulgqDCn1gwevS3fqVbKXQCgzqPRcYvdyCeaWjg==\n")]
    [InlineData("\n1\nSpYqulgqDCn1gwevS3fqVbKXQCgzqPRcYvdyCeaWjgA=\n")]
    [InlineData("o\n0\nSpYqulgqDCn1gwevS3fqVbKXQCgzqPRcYvdyCeaWjgA=\n")]
    public void MalformedCheckpoint_IsRefused(string text) => Should.Throw<FormatException>(() => Checkpoint.Parse(SignedNote.Sign(text, [Signer])));
}
