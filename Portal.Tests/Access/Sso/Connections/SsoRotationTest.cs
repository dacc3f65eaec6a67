using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Hexabase.Portal.Access.Sso.Entry;
using Hexabase.Portal.Audit;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access.Sso.Connections;

/// <summary>Keys and certificates change one after the other, also while everybody has to come in through them.</summary>
public sealed class SsoRotationTest(TestServer server) : SsoCommandWorld(server)
{
    private static readonly SsoAddresses Addresses = new("https://portal.test");

    [Fact]
    public async Task Key_IsPublishedFirst_SignsOnceItIsActivated_AndTheOldOneStaysUntilItIsRemoved()
    {
        var saml = await SamlAsync(300);
        await SendAsync(new EnableSsoConnection(Org, saml.Id, true));
        var old = saml.Keys.ShouldHaveSingleItem();
        old.Signs.ShouldBeTrue();
        await EnforceAsync();

        var rotated = await SendAsync(new RotateSsoKey(Org, saml.Id));
        var made = rotated.Keys.Single(k => !k.Signs);
        rotated.Keys.Single(k => k.Signs).KeyId.ShouldBe(old.KeyId);
        await SignsAsync(saml.Id, old);
        var metadata = await MetadataAsync(saml.Id);
        (metadata.Contains(old.Certificate, StringComparison.Ordinal), metadata.Contains(made.Certificate, StringComparison.Ordinal)).ShouldBe((true, true));
        metadata[metadata.IndexOf("encryption", StringComparison.Ordinal)..].ShouldContain(old.Certificate);
        Jose.JwkSet.Parse((await Host.Services.GetRequiredService<SsoDoors>().KeySetAsync(saml.Id, Stop)).ShouldNotBeNull()).TryGet(out var set, out _).ShouldBeTrue();
        set.ShouldNotBeNull().Keys.Count.ShouldBe(2);
        await RefusedAsync(new RotateSsoKey(Org, saml.Id), "sso.keys.tooMany");
        await RefusedAsync(new RemoveSsoKey(Org, saml.Id, old.KeyId), "sso.key.signing");
        await RefusedAsync(new ActivateSsoKey(Org, saml.Id, old.KeyId), "sso.key.active");
        await RefusedAsync(new ActivateSsoKey(Org, saml.Id, "another"), "ssoKey.notFound");

        (await SendAsync(new ActivateSsoKey(Org, saml.Id, made.KeyId))).Keys.Single(k => k.Signs).KeyId.ShouldBe(made.KeyId);
        await SignsAsync(saml.Id, made);
        metadata = await MetadataAsync(saml.Id);
        metadata[metadata.IndexOf("encryption", StringComparison.Ordinal)..].ShouldContain(made.Certificate);
        metadata.ShouldContain(old.Certificate);

        // The provider does not know it after all: back, and forth again.
        await SendAsync(new ActivateSsoKey(Org, saml.Id, old.KeyId));
        await SignsAsync(saml.Id, old);
        await TraceAsync(saml.Id, null, null);
        await SendAsync(new ActivateSsoKey(Org, saml.Id, made.KeyId));
        await RefusedAsync(new RemoveSsoKey(Org, saml.Id, old.KeyId), "sso.key.unproven");
        await TraceAsync(saml.Id, null, null);
        (await SendAsync(new RemoveSsoKey(Org, saml.Id, old.KeyId))).Keys.ShouldHaveSingleItem().ShouldSatisfyAllConditions(k => k.KeyId.ShouldBe(made.KeyId), k => k.Signs.ShouldBeTrue());
        (await MetadataAsync(saml.Id)).ShouldNotContain(old.Certificate);
        foreach (var action in new[] { "rotateKey", "activateKey", "removeKey" }) (await EntriesAsync($"ssoConnection.{action}")).ShouldContain(e => e.Status == AuditStatus.Success && e.ResourceId == saml.Id.ToString(), action);
        (await EntriesAsync("ssoConnection.activateKey")).ShouldContain(e => e.Status == AuditStatus.Success && e.NewValue!.Contains(made.KeyId));
    }

    [Fact]
    public async Task Key_ThatWasOnlyPublished_IsTakenBack()
    {
        var made = await OidcAsync();
        var rotated = await SendAsync(new RotateSsoKey(Org, made.Id));
        (await SendAsync(new RemoveSsoKey(Org, made.Id, rotated.Keys.Single(k => !k.Signs).KeyId))).Keys.ShouldHaveSingleItem().KeyId.ShouldBe(made.Keys[0].KeyId);
        Encoding.UTF8.GetString(SsoKeys.PublicSet(await ReadAsync(db => db.Set<SsoKey>().ToListAsync()))).ShouldNotContain("\"d\"");
    }

    [Fact]
    public async Task Certificate_GoesUnderEnforcement_WhenSomebodyCameInByAnother()
    {
        var next = Certificate(400);
        using var nextOne = X509Certificate2.CreateFromPem(next);
        var thumbprint = Convert.ToHexString(SHA256.HashData(nextOne.RawData));
        var saml = await SamlAsync(300);
        var old = saml.Settings.Certificates.ShouldHaveSingleItem().Thumbprint;
        await EnforceAsync();
        await RefusedAsync(new RemoveSsoCertificate(Org, saml.Id, old), "sso.certificate.last");
        // What was before it was added is no proof, nor is a refused sign-in, another certificate's or another connection's.
        await TraceAsync(saml.Id, thumbprint, null);
        await SendAsync(new AddSsoCertificate(Org, saml.Id, next));
        await TraceAsync(saml.Id, thumbprint, new SsoRefusal("sso.person.noRole", "No role.", null, "Give one."));
        await TraceAsync(saml.Id, old, null);
        await TraceAsync((await OidcAsync()).Id, thumbprint, null);
        await RefusedAsync(new RemoveSsoCertificate(Org, saml.Id, old), "sso.certificate.unproven");
        await TraceAsync(saml.Id, thumbprint, null, "person", isTest: true);
        (await SendAsync(new RemoveSsoCertificate(Org, saml.Id, old))).Settings.Certificates.ShouldHaveSingleItem().Thumbprint.ShouldBe(thumbprint);
        (await EntriesAsync("ssoConnection.removeCertificate")).Select(e => e.Status).Order().ShouldBe(new[] { AuditStatus.Success, AuditStatus.Failure, AuditStatus.Failure }.Order());
    }

    [Fact]
    public async Task Certificate_StaysUnderEnforcement_WhenTheOtherHasEnded()
    {
        var saml = await SamlAsync(300);
        await EnforceAsync();
        var two = await SendAsync(new AddSsoCertificate(Org, saml.Id, Certificate(-1)));
        await TraceAsync(saml.Id, two.Settings.Certificates[1].Thumbprint, null);
        await RefusedAsync(new RemoveSsoCertificate(Org, saml.Id, two.Settings.Certificates[0].Thumbprint), "sso.certificate.noOther");
        await TraceAsync(saml.Id, two.Settings.Certificates[0].Thumbprint, null);
        await SendAsync(new RemoveSsoCertificate(Org, saml.Id, two.Settings.Certificates[1].Thumbprint));
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private async Task RefusedAsync<T>(Command<T> command, string code) => (await Host.Portal.SendAsync(Admin, command)).Problem.ShouldNotBeNull(command.ToString()).Code.ShouldBe(code);

    private Task<string> TraceAsync(Guid connection, string? certificate, SsoRefusal? refusal, string step = "session", bool isTest = false) =>
        Host.Services.GetRequiredService<SsoTrace>().WriteAsync(OrgId, connection, step, isTest, refusal, new { groups = Array.Empty<string>(), certificate }, null, Stop);

    private async Task<string> MetadataAsync(Guid connection) => (await Host.Services.GetRequiredService<SsoDoors>().MetadataAsync(connection, Addresses, Stop)).ShouldNotBeNull();

    /// <summary>The request that a sign-in begins with is signed by the key.</summary>
    private async Task SignsAsync(Guid connection, SsoKeyRow key)
    {
        var begun = await Host.Services.GetRequiredService<SsoSignIn>().StartAsync(Actor.Anonymous, Org, "/", Addresses, Stop);
        var departure = begun.ShouldNotBeNull().Value;
        departure.Pending.ConnectionId.ShouldBe(connection);
        var parts = departure.To.Query[1..].Split("&Signature=");
        using var certificate = X509CertificateLoader.LoadCertificate(Convert.FromBase64String(key.Certificate));
        using var rsa = certificate.GetRSAPublicKey().ShouldNotBeNull();
        rsa.VerifyData(Encoding.ASCII.GetBytes(parts[0]), Convert.FromBase64String(Uri.UnescapeDataString(parts[1])), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).ShouldBeTrue();
    }

    private Task<int> EnforceAsync() => ReadAsync(db => db.Set<SsoConnection>().Where(c => c.OrganizationId == OrgId).ExecuteUpdateAsync(u => u.SetProperty(c => c.Enforcement, SsoEnforcement.Enforced)), commit: true);
}
