using Hexabase.Portal.Support;
using Hexabase.Portal.Support.Components;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access.Sso;

public sealed class SsoReplayStoreTest(TestServer server) : IAsyncLifetime
{
    private readonly TestPortal _portal = new(server);

    public async ValueTask InitializeAsync() => await _portal.InitializeAsync();

    public async ValueTask DisposeAsync() => await _portal.DisposeAsync();

    [Fact]
    public async Task OfManyAtOnce_ExactlyOneWins()
    {
        var (first, second) = (Store(TimeProvider.System), Store(TimeProvider.System));
        var key = ReplayKey.Assertion("https://idp.example", "_a1");
        var until = TimeProvider.System.GetUtcNow().AddMinutes(5);
        var won = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => (i % 2 == 0 ? first : second).TryUseAsync(key, until, TestContext.Current.CancellationToken)));
        won.Count(w => w).ShouldBe(1);
        (await first.TryUseAsync(key, until, TestContext.Current.CancellationToken)).ShouldBeFalse();
    }

    [Fact]
    public async Task KindsAndIssuers_AreKeptApart()
    {
        var store = _portal.Services.GetRequiredService<IReplayStore>();
        var until = TimeProvider.System.GetUtcNow().AddMinutes(5);
        foreach (var key in new[] { ReplayKey.Code("https://a", "x"), ReplayKey.Code("https://b", "x"), ReplayKey.State("https://a", "x"), ReplayKey.Request("https://a", "x"), ReplayKey.LogoutToken("https://a", "x"), ReplayKey.Code("https://a:1", "x"), ReplayKey.Code("https://a", "1:x") })
            (await store.TryUseAsync(key, until, TestContext.Current.CancellationToken)).ShouldBeTrue();
    }

    [Fact]
    public async Task WhatExpired_IsForgotten_AndNothingBefore()
    {
        var clock = new ManualClock(new DateTimeOffset(2026, 11, 20, 18, 0, 0, TimeSpan.Zero));
        var store = Store(clock);
        var key = ReplayKey.Code("https://sweep", "x");
        (await store.TryUseAsync(key, clock.GetUtcNow().AddMinutes(5), TestContext.Current.CancellationToken)).ShouldBeTrue();
        clock.Advance(TimeSpan.FromMinutes(14));
        await store.SweepAsync(TestContext.Current.CancellationToken);
        (await store.TryUseAsync(key, clock.GetUtcNow().AddMinutes(5), TestContext.Current.CancellationToken)).ShouldBeFalse();
        clock.Advance(TimeSpan.FromMinutes(2));
        await store.SweepAsync(TestContext.Current.CancellationToken);
        (await store.TryUseAsync(key, clock.GetUtcNow().AddMinutes(5), TestContext.Current.CancellationToken)).ShouldBeTrue();
    }

    private SsoReplayStore Store(TimeProvider clock) => new(_portal.Database, clock);
}
