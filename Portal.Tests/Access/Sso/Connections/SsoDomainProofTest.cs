using System.Net;
using System.Net.Sockets;
using Hexabase.Portal.Audit;
using Hexabase.Portal.Integrations;
using Hexabase.Portal.Integrations.Outbound;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Shell;
using Hexabase.Portal.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access.Sso.Connections;

/// <summary>Domains are proven by a TXT record of a name server of our own, or by the file that stands beside it.</summary>
public sealed class SsoDomainProofTest(TestServer server) : SsoCommandWorld(server)
{
    private readonly TestDnsServer _names = new();
    private readonly TestFile _file = new();

    protected override void Proofs(IServiceCollection services)
    {
        var outbound = Options.Create(new OutboundOptions { NameServers = [_names.Address], DnsTimeoutMilliseconds = 1500 });
        services.RemoveAll<IDomainProof>().AddSingleton<IDomainProof>(_file).AddSingleton<IDomainProof>(new DnsDomainProof(new TxtResolver(outbound)));
    }

    [Fact]
    public async Task Domain_IsProvenByItsTxtRecord_AndTheAuditEntrySaysSo()
    {
        var domain = await SendAsync(new AddSsoDomain(Org, "acme.test"));
        domain.ProofRecord.ShouldBe("_hexabase-challenge.acme.test");
        var half = domain.ProofText.Length / 2;
        _names.Records[domain.ProofRecord] = [TestDnsServer.Txt("v=spf1 -all"), TestDnsServer.Txt(domain.ProofText[..half], domain.ProofText[half..])];
        var proven = (await CheckAsync(domain.Id)).Value;
        (proven.IsVerified, proven.VerifiedBy).ShouldBe((true, SsoDomainWay.Dns));
        var entry = (await EntriesAsync("ssoDomain.verify")).ShouldHaveSingleItem();
        entry.Status.ShouldBe(AuditStatus.Success);
        entry.NewValue.ShouldNotBeNull().ShouldContain("\"dns\"", Case.Insensitive);
        (await AskAsync(new ListSsoDomains(Org, new PageRequest()))).Items.ShouldHaveSingleItem().VerifiedBy.ShouldBe(SsoDomainWay.Dns);
    }

    [Fact]
    public async Task Domain_IsProvenByItsFile_WhereThereIsNoRecord()
    {
        var domain = await SendAsync(new AddSsoDomain(Org, "acme.test"));
        _file.Missing = null;
        (await CheckAsync(domain.Id)).Value.VerifiedBy.ShouldBe(SsoDomainWay.Https);
        (await EntriesAsync("ssoDomain.verify")).ShouldHaveSingleItem().NewValue.ShouldNotBeNull().ShouldContain("\"https\"", Case.Insensitive);
    }

    [Theory]
    [InlineData(null, "sso.domain.dns.none", "There is no TXT record _hexabase-challenge.acme.test.")]
    [InlineData("hexabase-portal-verification=of another", "sso.domain.dns.other", "\"hexabase-portal-verification=of another\"")]
    [InlineData("SERVFAIL", "sso.domain.dns.failed", "SERVFAIL")]
    [InlineData("", "sso.domain.dns.silent", "No name server answered")]
    public async Task Unproven_SaysWhatWasLookedUp_AndWhatCame(string? says, string code, string came)
    {
        var domain = await SendAsync(new AddSsoDomain(Org, "acme.test"));
        if (says == "SERVFAIL") _names.Datagrams = question => [TestDnsServer.Answer(question, 2)];
        else if (says is { Length: 0 }) _names.Datagrams = _ => [];
        else if (says is not null) _names.Records[domain.ProofRecord] = [TestDnsServer.Txt(says)];
        var problem = (await CheckAsync(domain.Id)).Problem.ShouldNotBeNull();
        (problem.Kind, problem.Code).ShouldBe((ProblemKind.Refused, "sso.domain.unproven"));
        problem.Errors.ShouldNotBeNull().Select(e => (e.Field, e.Code)).ShouldBe([("dns", code), ("https", "sso.domain.https.other")]);
        problem.Message.ShouldContain(came);
        (await EntriesAsync("ssoDomain.verify")).ShouldHaveSingleItem().Reason.ShouldNotBeNull().ShouldContain(came);
        (await AskAsync(new ListSsoDomains(Org, new PageRequest()))).Items.ShouldHaveSingleItem().IsVerified.ShouldBeFalse();

        var viewer = new Viewer();
        var text = new Text(TextCatalog.Load(typeof(ShellModule).Assembly), viewer);
        foreach (var language in new[] { "en", "ja" })
        {
            viewer.UseLanguage(language);
            text.Has($"problem.{code}").ShouldBeTrue();
            text.Problem(problem.Errors[0]).ShouldContain("_hexabase-challenge.acme.test", Case.Sensitive, $"{language}: {text.Problem(problem.Errors[0])}");
        }
    }

    [Fact]
    public async Task File_SaysWhyItCannotBeRead()
    {
        foreach (var (resolve, code) in new (ResolveName, string)[]
        {
            ((_, _) => throw new SocketException((int)SocketError.HostNotFound), "sso.domain.https.name"), ((_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback]), "sso.domain.https.closed"),
        })
        {
            using var proof = new HttpsDomainProof(new OutboundGuard(Options.Create(new OutboundOptions()), resolve));
            var missing = (await proof.CheckAsync("acme.test", "text", TestContext.Current.CancellationToken)).ShouldNotBeNull();
            (missing.Field, missing.Code).ShouldBe(("https", code));
            missing.Message.ShouldContain("https://acme.test/.well-known/hexabase-portal-verification");
        }
    }

    [Fact]
    public async Task Name_ThatDnsCannotHold_IsToldAsSuch()
    {
        var longest = $"{new string('a', 63)}.{new string('b', 63)}.{new string('c', 63)}.{new string('d', 50)}.test";
        var proof = new DnsDomainProof(new TxtResolver(Options.Create(new OutboundOptions { NameServers = [_names.Address] })));
        (await proof.CheckAsync(longest, "text", TestContext.Current.CancellationToken)).ShouldNotBeNull().Code.ShouldBe("sso.domain.dns.tooLong");
        _names.Asked.ShouldBe(0);
    }

    private Task<Result<SsoDomainRow>> CheckAsync(Guid id) => Host.Services.GetRequiredService<SsoDomainCheck>().RunAsync(Admin, Org, id, TestContext.Current.CancellationToken);

    private sealed class TestFile : IDomainProof
    {
        public SsoDomainWay Way => SsoDomainWay.Https;

        public FieldError? Missing { get; set; } = new("https", "sso.domain.https.other", "The file does not hold the line.", Args: ["https://acme.test/"]);

        public Task<FieldError?> CheckAsync(string domain, string text, CancellationToken cancellationToken) => Task.FromResult(Missing);
    }
}
