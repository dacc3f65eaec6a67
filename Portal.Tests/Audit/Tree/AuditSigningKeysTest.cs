using System.Security.Cryptography;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Audit.Tree;

/// <summary>Where signing keys come from, and rotation.</summary>
public sealed class AuditSigningKeysTest : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("portal-keys-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void NothingConfigured_MakesOneKeyOnce_ForItsOwnerOnly()
    {
        var options = new AuditSigningOptions { DataDirectory = _directory.FullName };
        var keys = new AuditSigningKeys[8];
        Parallel.For(0, keys.Length, i => keys[i] = AuditSigningKeys.Load(options));
        keys.Select(k => Convert.ToHexString(k.SignersOf(Guid.Empty)[0].Key.PublicKey)).Distinct().Count().ShouldBe(1);
        var file = Path.Combine(_directory.FullName, "keys", "audit-signing.pem");
        if (!OperatingSystem.IsWindows()) File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Directory.GetFiles(Path.Combine(_directory.FullName, "keys")).Select(Path.GetFileName).ShouldBe(["audit-signing.pem", "audit-signing.pem.lock"], ignoreOrder: true);
    }

    [Fact]
    public void Rotation_AllSign_NewestFirst_RetiredOnesVerify()
    {
        using var oldest = AuditSigningKey.Generate();
        using var old = AuditSigningKey.Generate();
        using var fresh = AuditSigningKey.Generate();
        var keys = AuditSigningKeys.Load(new AuditSigningOptions
        {
            KeyFiles = [Write("new.pem", fresh.ExportPem()), Write("old.pem", old.ExportPem())],
            RetiredKeyFiles = [Write("oldest.pem", AuditVerifierKey.FromPublicKey("k", oldest.PublicKey).PublicKeyPem)],
        });
        var log = Guid.Parse("0199aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee");
        keys.SignersOf(log).Select(s => s.Key.PublicKey).ShouldBe([fresh.PublicKey, old.PublicKey]);
        keys.VerifiersOf(log).Select(v => v.PublicKey).ShouldBe([fresh.PublicKey, old.PublicKey, oldest.PublicKey]);
        var note = SignedNote.Parse(new Checkpoint(Checkpoint.OriginOf(log), 0, MerkleTree.EmptyRoot).Sign(keys.SignersOf(log)));
        note.SignedBy(keys.VerifiersOf(log)).Count.ShouldBe(2);
        var before = SignedNote.Parse(new Checkpoint(Checkpoint.OriginOf(log), 0, MerkleTree.EmptyRoot).Sign([new AuditSigner(Checkpoint.OriginOf(log), oldest)]));
        before.SignedBy(keys.VerifiersOf(log)).Count.ShouldBe(1);
    }

    [Fact]
    public void KeysOfOpenSslAndOfTheEnvironment_AreRead()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var sec1 = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n" + key.ExportECPrivateKeyPem();
        AuditSigningKeys.Load(new AuditSigningOptions { KeyPem = sec1 }).SignersOf(Guid.Empty)[0].Key.PublicKey.ShouldBe(key.ExportSubjectPublicKeyInfo());
    }

    [Fact]
    public void UnusableKeys_AreRefusedByPlace()
    {
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var p256 = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        foreach (var pem in new[] { "", "nothing", p384.ExportPkcs8PrivateKeyPem(), p256.ExportSubjectPublicKeyInfoPem(), "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----" })
        {
            var file = Write("bad.pem", pem);
            Should.Throw<FormatException>(() => AuditSigningKeys.Load(new AuditSigningOptions { KeyFiles = [file] })).Message.ShouldContain("bad.pem");
        }
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_directory.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }
}
