using System.Net.Http.Headers;
using System.Text;
using Hexabase.Portal.Audit.Log;

namespace Hexabase.Portal.Integrations.Outbound;

/// <summary>Posts checkpoints to an address outside (Audit:CheckpointUrl): another portal's archive, a witness, an object store's gateway.</summary>
public sealed class HttpCheckpointSink(OutboundGuard guard, Uri address) : ICheckpointSink, IDisposable
{
    private readonly HttpClient _client = guard.CreateClient(OutboundTls.Default);

    public async Task SendAsync(string note, CancellationToken cancellationToken)
    {
        try
        {
            using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(note));
            content.Headers.ContentType = new MediaTypeHeaderValue("text/plain") { CharSet = "utf-8" };
            using var answer = await _client.PostAsync(address, content, cancellationToken);
            if (!answer.IsSuccessStatusCode) throw new OutboundException("outbound.status", $"{address.Host} answered {(int)answer.StatusCode}.");
        }
        catch (HttpRequestException e)
        {
            throw e.InnerException as OutboundException ?? new OutboundException("outbound.failed", $"{address.Host} cannot be reached: {e.Message}", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new OutboundException("outbound.timeout", $"{address.Host} did not answer in time.", e);
        }
    }

    public void Dispose() => _client.Dispose();
}
