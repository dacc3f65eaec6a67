using System.Globalization;
using Hexabase.Portal.Access;
using Hexabase.Portal.Access.Rules;
using Hexabase.Portal.Kernel;
using Microsoft.AspNetCore.SignalR;

namespace Hexabase.Portal.Hosting;

/// <summary>
/// Live changes for programs, at <c>/hubs/live</c>: <c>Watch(org, topics[])</c>, then the event <c>changed</c> with <c>{topic, id, version, at}</c> for each committed
/// change. The connection ends with its session or token.
/// </summary>
public sealed class LiveHub(IPortal portal, IHubContext<LiveHub> hub, PrincipalWatch principals, AccessRuleDirectory rules) : Hub
{
    private const int MaxWatches = 100;
    private static readonly object Key = new();

    public override Task OnConnectedAsync()
    {
        var http = Context.GetHttpContext();
        var actor = http?.Actor() ?? Actor.Anonymous;
        if (actor.Kind == ActorKind.Anonymous)
        {
            Context.Abort();
            return Task.CompletedTask;
        }

        var context = Context;
        var ends = principals.Register(PortalSignIn.SessionOf(http?.User), PortalSignIn.TokenOf(http?.User), context.Abort);
        Context.Items[Key] = new Connection(actor, ends);
        return Task.CompletedTask;
    }

    public override async Task OnDisconnectedAsync(Exception? exception)
    {
        if (Context.Items.Remove(Key, out var item) && item is Connection connection) await connection.DisposeAsync();
    }

    /// <summary>Watches topics of an organization (id or slug); each needs the permission to read its area.</summary>
    public async Task Watch(string org, string[] topics)
    {
        if (Context.Items[Key] is not Connection connection) throw new HubException("access.signIn: Send an API token.");
        if (topics is null || topics.Length == 0 || topics.Any(t => !LiveTopic.All.Contains(t, StringComparer.Ordinal)))
            throw new HubException($"topic.unknown: topics are {string.Join(", ", LiveTopic.All)}.");
        if (connection.Watches.Count >= MaxWatches) throw new HubException(string.Create(CultureInfo.InvariantCulture, $"watch.tooMany: a connection watches at most {MaxWatches} times."));
        var reached = await portal.AskAsync(connection.Actor, new ReachOrganization(org ?? ""), Context.ConnectionAborted);
        if (!reached.TryGet(out var tenant, out var problem)) throw new HubException($"{problem.Code}: {problem.Message}");
        // The organization's rules count here as they do for the lists that the topics tell of.
        var standing = connection.Actor with { Rules = await rules.FindAsync(tenant.Id, Context.ConnectionAborted) };
        foreach (var topic in topics)
        {
            if (!AccessPolicy.May(standing, new Permission(topic, "read"), tenant.Id)) throw new HubException($"access.denied: This needs the permission {topic}:read.");
        }

        var aborted = Context.ConnectionAborted;
        var client = hub.Clients.Client(Context.ConnectionId);
        connection.Watches.Add(portal.Watch(connection.Actor, tenant.Id, topics.Distinct(StringComparer.Ordinal).ToList(), async changes =>
        {
            // Entries are numbered across all organizations, which is nobody's business: how much the others do could be read from it.
            foreach (var change in changes) await client.SendAsync("changed", new Changed(change.Topic, change.Id, change.Topic == LiveTopic.Audit ? 0 : change.Version, change.At), aborted);
        }));
    }

    private sealed record Changed(string Topic, string Id, long Version, DateTime At);

    private sealed class Connection(Actor actor, IDisposable ends) : IAsyncDisposable
    {
        public Actor Actor => actor;

        public System.Collections.Concurrent.ConcurrentBag<IAsyncDisposable> Watches { get; } = [];

        public async ValueTask DisposeAsync()
        {
            ends.Dispose();
            foreach (var watch in Watches) await watch.DisposeAsync();
        }
    }
}
