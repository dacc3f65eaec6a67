using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Hexabase.Portal.Access;
using Hexabase.Portal.Kernel;
using Microsoft.AspNetCore.DataProtection;

namespace Hexabase.Portal.Hosting;

/// <summary>
/// <c>Idempotency-Key</c> on POST: the same request by the same caller is carried out once within 24 hours and answered alike. Another request with the key is 422, one
/// that meets the first while it runs is 409. Only answers of success are kept; after a refusal the key is free again.
/// </summary>
internal sealed class Idempotency(IdempotencyStore store, IDataProtectionProvider protection, ILogger<Idempotency> log) : IMiddleware
{
    private const string Header = "Idempotency-Key";
    private const int MaxKeyLength = 255;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly string[] KeptHeaders = ["Location", "ETag"];
    private readonly IDataProtector _protector = protection.CreateProtector("portal.idempotency");

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var key = context.Request.Headers[Header].ToString();
        var actor = context.Actor();
        if (key.Length == 0 || !HttpMethods.IsPost(context.Request.Method) || actor.Kind == ActorKind.Anonymous || !ApiErrors.IsProgramPath(context.Request.Path))
        {
            await next(context);
            return;
        }

        if (key.Length > MaxKeyLength)
        {
            await ApiProblem.WriteAsync(context, new Problem(ProblemKind.Malformed, "idempotency.key", $"Idempotency-Key is at most {MaxKeyLength} characters long."));
            return;
        }

        var look = await store.BeginAsync(actor.Id, SHA256.HashData(Encoding.UTF8.GetBytes(key)), await HashAsync(context), context.RequestAborted);
        switch (look.State)
        {
            case IdempotencyState.Other:
                await ApiProblem.WriteAsync(context, Problem.Refused("idempotency.otherRequest", "This Idempotency-Key was used for another request. Use a new key for a new request."));
                return;
            case IdempotencyState.Running:
                await ApiProblem.WriteAsync(context, look.Age < Patience
                    ? Problem.Conflict("idempotency.running", "The same request is being carried out. Repeat it shortly to get its answer.") with { RetryAfterSeconds = 1 }
                    : Problem.Conflict("idempotency.outcomeUnknown", "The portal stopped while it carried this request out. See whether the thing was made; if not, repeat with a new key."));
                return;
            case IdempotencyState.Answered:
                await ReplayAsync(context, look);
                return;
            case IdempotencyState.Begun:
                await RunAsync(context, next, look.Id);
                return;
            default:
                throw new InvalidOperationException($"Unknown state {look.State}.");
        }
    }

    private async Task RunAsync(HttpContext context, RequestDelegate next, Guid id)
    {
        var plain = context.Response.Body;
        using var buffer = new MemoryStream();
        context.Response.Body = buffer;
        var done = false;
        try
        {
            await next(context);
            var response = context.Response;
            if (response.StatusCode is >= 200 and < 300)
            {
                var headers = KeptHeaders.Where(h => response.Headers.ContainsKey(h)).ToDictionary(h => h, h => response.Headers[h].ToString(), StringComparer.Ordinal);
                var answer = JsonSerializer.Serialize(new Stored(response.ContentType, headers, Convert.ToBase64String(buffer.ToArray())));
                // The work is done: the caller's impatience must not lose its answer.
                await store.FinishAsync(id, response.StatusCode, _protector.Protect(answer), CancellationToken.None);
                done = true;
            }
        }
        finally
        {
            context.Response.Body = plain;
            if (!done) await ReleaseAsync(id);
        }

        buffer.Position = 0;
        await buffer.CopyToAsync(plain, context.RequestAborted);
    }

    private async Task ReleaseAsync(Guid id)
    {
        try
        {
            await store.ReleaseAsync(id, CancellationToken.None);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The request's own outcome matters more; the key is free again after a day.
            log.LogWarning("An idempotency key was not released: {Reason}", e.Message);
        }
    }

    private async Task ReplayAsync(HttpContext context, IdempotencyLook look)
    {
        if (JsonSerializer.Deserialize<Stored>(_protector.Unprotect(look.Answer ?? "")) is not { } stored) throw new InvalidOperationException("A stored answer is empty.");
        context.Response.StatusCode = look.Status ?? StatusCodes.Status200OK;
        context.Response.ContentType = stored.ContentType;
        foreach (var (name, value) in stored.Headers) context.Response.Headers[name] = value;
        context.Response.Headers["Idempotency-Replayed"] = "true";
        var body = Convert.FromBase64String(stored.Body);
        if (body.Length > 0) await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    /// <summary>Method, address and body; of streamed imports the length stands for the body, which is never held.</summary>
    private static async Task<byte[]> HashAsync(HttpContext context)
    {
        var request = context.Request;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.Method} {request.Path}{request.QueryString}\n{request.ContentLength}\n"));
        if (context.GetEndpoint()?.Metadata.GetMetadata<StreamedBody>() is not null) return hash.GetHashAndReset();
        request.EnableBuffering((int)PortalHost.MaxBodyBytes, PortalHost.MaxBodyBytes);
        var chunk = new byte[16 * 1024];
        int read;
        while ((read = await request.Body.ReadAsync(chunk, context.RequestAborted)) > 0) hash.AppendData(chunk, 0, read);
        request.Body.Position = 0;
        return hash.GetHashAndReset();
    }

    private sealed record Stored(string? ContentType, Dictionary<string, string> Headers, string Body);
}

/// <summary>Marks a route whose body is streamed and may be large (imports).</summary>
/// <param name="MaxBytes">Beyond it 413.</param>
public sealed record StreamedBody(long MaxBytes) : Microsoft.AspNetCore.Http.Metadata.IRequestSizeLimitMetadata
{
    public long? MaxRequestBodySize => MaxBytes;
}
