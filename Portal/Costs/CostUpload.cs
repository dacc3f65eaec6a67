using System.Diagnostics.CodeAnalysis;
using Hexabase.Portal.Costs.Imports;
using Hexabase.Portal.Hosting;
using Hexabase.Portal.Kernel;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Hexabase.Portal.Costs;

/// <summary>
/// Takes the body of an import: rights and options first, then straight to the spool in small pieces, packed or not as it comes. Neither the size limit of
/// other bodies nor the least rate of the server holds here: bills are large and lines may be slow.
/// </summary>
internal sealed class CostUpload(CostImportSpool spool, ILogger<CostUpload> log)
{
    /// <summary>Bytes; the contract promises at least 20 GB.</summary>
    public const long MaxBytes = 64L * 1024 * 1024 * 1024;

    /// <summary>Bytes that stay free on the spool's disk.</summary>
    private const long Reserve = 256L * 1024 * 1024;

    private const int DiskFull = 28;
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private static readonly string[] Types = ["text/csv", "application/csv", "text/plain", "application/vnd.ms-excel", "application/gzip", "application/x-gzip", "application/octet-stream"];

    private static readonly Problem Full = Problem.Unavailable("storage.full", "The portal's disk has no room for this file. Nothing of it was kept; repeat the upload when room was made.");

    public async Task<IResult> ReceiveAsync(string org, ApiCall call)
    {
        var request = call.Http.Request;
        if (call.Http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = MaxBytes;
        if (call.Http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate) rate.MinDataRate = null;
        var (name, onError, mode) = (request.Query["name"].ToString(), request.Query["onError"].ToString(), request.Query["mode"].ToString());
        if (!(await call.Portal.AskAsync(call.Actor, new CheckCostImport(org, name, onError, mode), call.Aborted)).TryGet(out _, out var refused)) return call.Refuse(refused);
        if (Wrong(request) is { } wrong) return call.Refuse(wrong);
        if (request.ContentLength > MaxBytes) return call.Refuse(new Problem(ProblemKind.TooLarge, "body.tooLarge", "The file is larger than the portal takes."));
        return await SpoolAsync(org, new StartCostImport(org, spool.NewFile(), name, onError, mode), call);
    }

    private async Task<IResult> SpoolAsync(string org, StartCostImport command, ApiCall call)
    {
        var kept = false;
        try
        {
            if (!HasRoom(call.Http.Request.ContentLength ?? 0)) return call.Refuse(Full);
            await WriteAsync(command.SpoolFile, call);
            var result = await call.Portal.SendAsync(call.Actor, command, call.Aborted);
            kept = result.Succeeded;
            if (kept) call.Http.Response.Headers.Location = $"/api/v1/jobs/{result.Value.JobId}";
            return call.Answer(result, r => new { jobId = r.JobId, importId = r.ImportId }, StatusCodes.Status202Accepted, null);
        }
        catch (IOException e) when (IsFull(e))
        {
            log.LogError("An upload for {Organization} found no room on the spool's disk", org);
            return call.Refuse(Full);
        }
        finally
        {
            if (!kept) spool.Discard(command.SpoolFile);
        }
    }

    private async Task WriteAsync(string path, ApiCall call)
    {
        // Readable by the portal's user only, as the spool is.
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using var file = new FileStream(path, options);
        var (body, taken) = (call.Http.Request.BodyReader, 0L);
        while (true)
        {
            var read = await body.ReadAsync(call.Aborted);
            foreach (var piece in read.Buffer)
            {
                await file.WriteAsync(piece, call.Aborted);
                taken += piece.Length;
            }

            body.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) break;
        }

        // What is acknowledged survives a crash.
        file.Flush(flushToDisk: true);
        if (taken == 0) log.LogInformation("An upload without content was taken; its job says so");
    }

    private bool HasRoom(long length) => new DriveInfo(spool.Directory).AvailableFreeSpace - Reserve > length;

    [SuppressMessage("Globalization", "CA1308", Justification = "Media types are lower case.")]
    private static Problem? Wrong(HttpRequest request)
    {
        var type = request.ContentType?.Split(';')[0].Trim().ToLowerInvariant();
        if (!string.IsNullOrEmpty(type) && !Types.Contains(type))
            return new Problem(ProblemKind.UnsupportedMediaType, "mediaType.unsupported", "Send the FOCUS file as text/csv, or packed as application/gzip.");
        var encoding = request.Headers.ContentEncoding.ToString().Trim().ToLowerInvariant();
        return encoding is "" or "gzip" or "identity" ? null : new Problem(ProblemKind.UnsupportedMediaType, "encoding.unsupported", "Pack the file as gzip, or not at all.");
    }

    private static bool IsFull(IOException e) => (e.HResult & 0xFFFF) == DiskFull || e.HResult == WindowsDiskFull;
}
