using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace Hexabase.Portal.Benchmarks;

/// <summary>Runs work from many callers, by number or by time, and prints what it took and cost.</summary>
/// <param name="portal">Process of the portal; null for this one.</param>
/// <param name="server">Process of its database server.</param>
internal sealed class CallMeter(int? portal, int server, int callers, RoundTrips trips)
{
    public Task RunAsync(string what, int? count, TimeSpan? time, Func<int, Task> run) => RunAsync(what, count, time, (i, _) => run(i));

    public async Task RunAsync(string what, int? count, TimeSpan? time, Func<int, int, Task> run)
    {
        var (cpu, behind, sent, from, next, took) = (Own(), ServerCpu.Read(server), trips.Count, Stopwatch.GetTimestamp(), -1, new ConcurrentBag<double>());
        await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) is var i && (count is { } all ? i < all : Stopwatch.GetElapsedTime(from) < time))
            {
                var start = Stopwatch.GetTimestamp();
                await run(i, caller);
                took.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        })));
        var seconds = Stopwatch.GetElapsedTime(from).TotalSeconds;
        var sorted = took.Order().ToArray();
        double Each(double total) => total / sorted.Length;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{what,-25} {sorted.Length,7:N0} in {seconds,6:F1} s = {sorted.Length / seconds,5:N0}/s, p50 {sorted[sorted.Length / 2],4:F0} p95 {sorted[sorted.Length * 95 / 100],4:F0} ms; each: portal {Each((Own() - cpu) * 1000):F2} ms, server {Each((ServerCpu.Read(server) - behind) * 1000):F2} ms{(portal is null ? $", {Each(trips.Count - sent):F1} commands" : "")}"));
    }

    private double Own() => portal is { } other ? ServerCpu.Read(other) : Environment.CpuUsage.TotalTime.TotalSeconds;
}

/// <summary>Counts what is sent to the database, a batch of changes as one, commits apart.</summary>
internal sealed class RoundTrips : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private const string Executed = "Microsoft.EntityFrameworkCore.Database.Command.CommandExecuted";
    private readonly List<IDisposable> _subscriptions = [];
    private long _count;

    public RoundTrips() => _subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));

    public long Count => Interlocked.Read(ref _count);

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == "Microsoft.EntityFrameworkCore") _subscriptions.Add(value.Subscribe(this, static name => name == Executed));
    }

    public void OnNext(KeyValuePair<string, object?> value) => Interlocked.Increment(ref _count);

    public void OnError(Exception error)
    {
    }

    public void OnCompleted()
    {
    }

    public void Dispose() => _subscriptions.ForEach(s => s.Dispose());
}
