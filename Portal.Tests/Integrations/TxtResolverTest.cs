using Hexabase.Portal.Integrations.Outbound;
using Microsoft.Extensions.Options;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Integrations;

public sealed class TxtResolverTest
{
    private const string Name = "_hexabase-challenge.acme.test";
    private static readonly byte[] Text = TestDnsServer.Txt("text");

    [Fact]
    public async Task Texts_AreFound_AndAMissingNameHasNone()
    {
        await using var server = new TestDnsServer { Records = { [Name] = [TestDnsServer.Txt("hexa", "base"), Text] } };
        var found = await FindAsync(server);
        (found.State, found.Server).ShouldBe((TxtState.Answered, server.Address));
        found.Texts.ShouldBe(["hexabase", "text"]);
        var missing = await Of(server.Address).FindAsync("other.test", TestContext.Current.CancellationToken);
        (missing.State, missing.Texts.Count).ShouldBe((TxtState.Answered, 0));
    }

    [Fact]
    public async Task WhatDoesNotAnswerTheQuestion_IsNotBelieved()
    {
        await using var server = new TestDnsServer
        {
            Datagrams = question =>
            [
                [], [.. "rubbish"u8], TestDnsServer.Answer([(byte)~question[0], .. question[1..]], TestDnsServer.Txt("forged by id")),
                TestDnsServer.Answer(DnsMessage.Question((ushort)((question[0] << 8) | question[1]), "other.test"), TestDnsServer.Txt("forged by name")), TestDnsServer.Answer(question, Text),
            ],
        };
        (await FindAsync(server)).Texts.ShouldBe(["text"]);
        server.Asked.ShouldBe(1);
    }

    [Fact]
    public async Task CutOffAnswer_IsAskedAgainByTcp()
    {
        var large = Enumerable.Range(0, 200).Select(i => TestDnsServer.Txt(new string('a', 200), $"{i}")).ToArray();
        await using var server = new TestDnsServer { Datagrams = question => [[.. question[..2], 0x83, 0x80, .. question[4..]]], Streams = question => TestDnsServer.Answer(question, large) };
        (await FindAsync(server)).Texts.Count.ShouldBe(200);
        (server.Asked, server.AskedByStream).ShouldBe((1, 1));
        server.Streams = question => TestDnsServer.Answer(question, large)[..300];
        (await FindAsync(server)).ShouldSatisfyAllConditions(f => f.State.ShouldBe(TxtState.Failed), f => f.Detail.ShouldBe("an unreadable answer"));
    }

    [Fact]
    public async Task LostDatagram_IsSentAgain_AndTheNextServerIsAsked()
    {
        var lost = 0;
        await using var silent = new TestDnsServer { Datagrams = _ => [] };
        await using var server = new TestDnsServer();
        server.Datagrams = question => lost++ == 0 ? [] : [TestDnsServer.Answer(question, Text)];
        (await Of(silent.Address, server.Address).FindAsync(Name, TestContext.Current.CancellationToken)).ShouldSatisfyAllConditions(f => f.Texts.ShouldBe(["text"]), f => f.Server.ShouldBe(server.Address));
        (silent.Asked, server.Asked).ShouldBe((2, 2));
    }

    [Fact]
    public async Task SilenceAndFailure_AreTold()
    {
        await using var server = new TestDnsServer { Datagrams = _ => [] };
        (await FindAsync(server)).State.ShouldBe(TxtState.Silent);
        server.Datagrams = question => [TestDnsServer.Answer(question, 2)];
        (await FindAsync(server)).ShouldSatisfyAllConditions(f => f.State.ShouldBe(TxtState.Failed), f => f.Detail.ShouldBe("SERVFAIL"), f => f.Server.ShouldBe(server.Address));
        var closed = server.Address;
        await server.DisposeAsync();
        (await Of(closed).FindAsync(Name, TestContext.Current.CancellationToken)).State.ShouldBe(TxtState.Silent, "a closed port");
    }

    [Fact]
    public async Task Questions_DifferInTheirIds()
    {
        var ids = new List<int>();
        await using var server = new TestDnsServer();
        server.Datagrams = question =>
        {
            ids.Add((question[0] << 8) | question[1]);
            return [TestDnsServer.Answer(question, Text)];
        };
        for (var i = 0; i < 20; i++) await FindAsync(server);
        ids.Distinct().Count().ShouldBeGreaterThan(15);
    }

    [Fact]
    public void ResolvConf_NamesUpToThreeServers()
    {
        TxtResolver.Servers(["# nameserver 192.0.2.1", "search acme.test", "nameserver 192.0.2.53", "nameserver\t2001:db8::53 # second", "nameserver rubbish", "nameserver 192.0.2.3", "nameserver 192.0.2.4"])
            .Select(s => s.ToString()).ShouldBe(["192.0.2.53:53", "[2001:db8::53]:53", "192.0.2.3:53"]);
        TxtResolver.Servers([]).ShouldHaveSingleItem().ToString().ShouldBe("127.0.0.1:53");
    }

    [Theory]
    [InlineData("192.0.2.53", "192.0.2.53:53")]
    [InlineData("192.0.2.53:5353", "192.0.2.53:5353")]
    [InlineData("[2001:db8::53]:5353", "[2001:db8::53]:5353")]
    [InlineData("2001:db8::53", "[2001:db8::53]:53")]
    [InlineData("dns.example.com", null)]
    public void Server_OfTheSettings_IsAnAddress(string text, string? server)
    {
        TxtResolver.TryReadServer(text, out var read).ShouldBe(server is not null);
        if (server is not null) read.ToString().ShouldBe(server);
    }

    private static Task<TxtLookup> FindAsync(TestDnsServer server) => Of(server.Address).FindAsync(Name, TestContext.Current.CancellationToken);

    // Long enough for a machine that is busy; what shall stay silent is waited for twice.
    private static TxtResolver Of(params string[] servers) => new(Options.Create(new OutboundOptions { NameServers = servers, DnsTimeoutMilliseconds = 1500 }));
}
