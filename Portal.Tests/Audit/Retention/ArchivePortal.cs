using System.Net;
using Hexabase.Portal.Support;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Audit.Retention;

/// <summary>A portal with a folder of its own for archives.</summary>
public sealed class ArchivePortal(TestServer server) : IAsyncLifetime
{
    public WebPortal Web { get; } = new(server);

    public string Folder { get; } = Directory.CreateTempSubdirectory("portal-archives-").FullName;

    public ValueTask InitializeAsync()
    {
        Web.Settings["Audit:ArchiveDirectory"] = Folder;
        return Web.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Web.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    public async Task SucceededAsync(Answer started)
    {
        started.Status.ShouldBe(HttpStatusCode.Accepted, started.Text);
        var job = await Web.EndedAsync(started.Headers["Location"]);
        job.GetProperty("state").GetString().ShouldBe("succeeded", job.ToString());
    }
}
