using System.Net;
using System.Net.WebSockets;
using System.Text;
using Hexabase.Portal.Support;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Hosting;

public sealed class LiveHubTest(WebPortal portal) : IClassFixture<WebPortal>
{
    [Fact]
    public async Task Watch_TellsOfACommittedChange()
    {
        var org = await portal.CreateOrganizationAsync("Live");
        using var socket = await ConnectAsync(WebPortal.BootstrapToken);
        await SendAsync(socket, $$"""{"type":1,"target":"Watch","arguments":["{{org}}",["organizations"]],"invocationId":"1"}""");
        (await ReadUntilAsync(socket, "\"invocationId\":\"1\"")).ShouldNotContain("error");

        var request = new HttpRequestMessage(HttpMethod.Patch, $"/api/v1/organizations/{org}") { Content = new StringContent("{\"name\":\"Live two\"}", null, "application/json") };
        (await portal.SendAsync(request)).Status.ShouldBe(HttpStatusCode.OK);

        var text = await ReadUntilAsync(socket, "\"changed\"");
        text.ShouldContain("\"topic\":\"organizations\"");
        text.ShouldContain("\"version\":2");
    }

    [Fact]
    public async Task Watch_OfAForeignOrganization_LooksMissing()
    {
        var own = await portal.CreateOrganizationAsync("Hub own");
        var foreign = await portal.CreateOrganizationAsync("Hub foreign");
        using var client = await portal.ClientAsync(own, "orgAdmin");
        using var socket = await ConnectAsync(client.DefaultRequestHeaders.Authorization.ShouldNotBeNull().Parameter.ShouldNotBeNull());
        await SendAsync(socket, $$"""{"type":1,"target":"Watch","arguments":["{{foreign}}",["budgets"]],"invocationId":"1"}""");
        (await ReadUntilAsync(socket, "\"invocationId\":\"1\"")).ShouldContain("organization.notFound");
    }

    [Fact]
    public async Task RevokedToken_EndsTheConnection()
    {
        var org = await portal.CreateOrganizationAsync("Hub revoked");
        var made = await portal.PostAsync($"/api/v1/organizations/{org}/tokens", new { name = "t", role = "orgAdmin", expiresInDays = 1 });
        using var socket = await ConnectAsync(made.Json.GetProperty("token").GetString().ShouldNotBeNull());
        await portal.SendAsync(new HttpRequestMessage(HttpMethod.Delete, $"/api/v1/organizations/{org}/tokens/{made.Json.GetProperty("id").GetString()}"));

        await ReadUntilAsync(socket, "never said");
        socket.State.ShouldBeOneOf(WebSocketState.CloseReceived, WebSocketState.Closed, WebSocketState.Aborted);
    }

    [Fact]
    public async Task WithoutAToken_NothingOpens()
    {
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(Address, TestContext.Current.CancellationToken);
        await SendAsync(socket, """{"protocol":"json","version":1}""");
        (await ReadUntilAsync(socket, "never said")).ShouldNotContain("changed");
    }

    private Uri Address => new(portal.Address.Replace("http", "ws", StringComparison.Ordinal) + "/hubs/live");

    private async Task<ClientWebSocket> ConnectAsync(string token)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
        await socket.ConnectAsync(Address, TestContext.Current.CancellationToken);
        await SendAsync(socket, """{"protocol":"json","version":1}""");
        return socket;
    }

    private static Task SendAsync(ClientWebSocket socket, string message) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(message + "\u001e"), WebSocketMessageType.Text, endOfMessage: true, TestContext.Current.CancellationToken);

    /// <summary>Reads until the text comes, the connection ends, or a minute is over.</summary>
    private static async Task<string> ReadUntilAsync(ClientWebSocket socket, string wanted)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(1));
        var all = new StringBuilder();
        var buffer = new byte[16 * 1024];
        while (!all.ToString().Contains(wanted, StringComparison.Ordinal))
        {
            try
            {
                var read = await socket.ReceiveAsync(buffer, limit.Token);
                if (read.MessageType == WebSocketMessageType.Close) break;
                all.Append(Encoding.UTF8.GetString(buffer, 0, read.Count));
            }
            catch (WebSocketException)
            {
                break;
            }
        }

        return all.ToString();
    }
}
