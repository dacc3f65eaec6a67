using System.Text.Json.Nodes;
using System.Threading.Channels;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

#pragma warning disable RS0030 // A log of requests, not a change of anybody's data; the changes themselves have audit entries.

namespace Hexabase.Portal.Access.Scim;

/// <summary>
/// Keeps what identity providers sent and were answered, without secrets and private details, for 30 days. Written some moments later and many at once, so that a
/// first synchronisation does not wait for it; what a killed process had not written yet is lost, its changes are in the audit log.
/// </summary>
public sealed class ScimRequestLog(PortalDatabase database, IOptions<ScimOptions> options, TimeProvider clock, ILogger<ScimRequestLog> log) : BackgroundService
{
    private const int MaxBody = 64 * 1024;
    private const int MaxWaiting = 20_000;
    private const int Batch = 500;
    private const string Hidden = "(redacted)";
    private static readonly HashSet<string> Private = new(["password", "phoneNumbers", "addresses", "ims", "photos", "x509Certificates"], StringComparer.OrdinalIgnoreCase);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan SweepInterval = TimeSpan.FromHours(1);
    private readonly Channel<ScimRequestEntry> _waiting = Channel.CreateBounded<ScimRequestEntry>(new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly List<ScimRequestEntry> _batch = new(Batch);
    private readonly SemaphoreSlim _writing = new(1, 1);

    /// <param name="path">With its query, below the organization's base.</param>
    public void Add(Guid organizationId, Actor actor, string method, string path, JsonNode? body, ScimAnswer answer, TimeSpan duration)
    {
        var text = body is null ? null : Redact(body.DeepClone(), false)?.ToJsonString();
        _waiting.Writer.TryWrite(new ScimRequestEntry
        {
            Id = Ids.New(),
            OrganizationId = organizationId,
            AtUtc = clock.GetUtcNow().UtcDateTime,
            Method = method,
            Path = AuditWriter.Clip(path, 2000) ?? "",
            Status = answer.Status,
            ScimType = answer.Problem is { } problem ? ScimProblem.TypeOf(problem) : null,
            Detail = AuditWriter.Clip(answer.Problem?.Message, 1000),
            DurationMilliseconds = (int)duration.TotalMilliseconds,
            TokenId = actor.Id,
            RequestId = AuditWriter.Clip(actor.RequestId, 200),
            // What does not fit is not kept in part: half a request could not be repeated.
            Body = text is { Length: <= MaxBody } ? text : null,
        });
    }

    /// <summary>Writes what waits, so that whoever reads the log sees it. Once begun it is not cancelled: whoever asked may leave, the entries are not theirs.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            while (_batch.Count > 0 || _waiting.Reader.TryPeek(out _)) await WriteAsync();
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Removes what is older than it is kept.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        await using var open = await database.OpenAsync(DataScope.Platform, forWriting: true, cancellationToken);
        var now = clock.GetUtcNow().UtcDateTime;
        var (oldest, counted) = (now.AddDays(-options.Value.LogDays), now.AddDays(-1));
        await open.Db.Set<ScimRequestEntry>().Where(r => r.AtUtc < oldest).ExecuteDeleteAsync(cancellationToken);
        await open.Db.Set<ScimDeparture>().Where(d => d.AtUtc < counted).ExecuteDeleteAsync(cancellationToken);
        await open.CommitAsync(cancellationToken);
    }

    /// <summary>The body with secrets and private details taken out, kinds and shape kept.</summary>
    internal static JsonNode? Redact(JsonNode? node, bool hide)
    {
        switch (node)
        {
            case JsonObject parts:
                var path = ScimValues.Text(parts.FirstOrDefault(p => p.Key.Equals("path", StringComparison.OrdinalIgnoreCase)).Value);
                var hidden = path is not null && Private.Any(p => path.StartsWith(p, StringComparison.OrdinalIgnoreCase) || path.Contains(":" + p, StringComparison.OrdinalIgnoreCase));
                foreach (var (name, part) in parts.ToArray())
                {
                    var inside = hide || (hidden && name.Equals("value", StringComparison.OrdinalIgnoreCase)) || Private.Any(p => name.Equals(p, StringComparison.OrdinalIgnoreCase) || name.StartsWith(p + "[", StringComparison.OrdinalIgnoreCase) || name.StartsWith(p + ".", StringComparison.OrdinalIgnoreCase));
                    parts[name] = name.Equals("type", StringComparison.OrdinalIgnoreCase) ? part?.DeepClone() : Redact(part?.DeepClone(), inside);
                }

                return parts;
            case JsonArray list:
                return new JsonArray([.. list.Select(one => Redact(one?.DeepClone(), hide))]);
            case JsonValue value when hide && value.TryGetValue<string>(out _):
                return Hidden;
            default:
                return node;
        }
    }

    /// <summary>One batch; what could not be written stays in it for the next time.</summary>
    private async Task WriteAsync()
    {
        var again = _batch.Count > 0;
        while (_batch.Count < Batch && _waiting.Reader.TryRead(out var entry)) _batch.Add(entry);
        await using var open = await database.OpenAsync(DataScope.Platform, forWriting: true, CancellationToken.None);
        if (again)
        {
            // The commit may have been done, only its answer was lost.
            var ids = _batch.ConvertAll(e => e.Id);
            var there = await open.Db.Set<ScimRequestEntry>().Where(e => ids.Contains(e.Id)).Select(e => e.Id).ToListAsync(CancellationToken.None);
            _batch.RemoveAll(e => there.Contains(e.Id));
        }

        open.Db.AddRange(_batch);
        await open.Db.SaveChangesAsync(CancellationToken.None);
        await open.CommitAsync(CancellationToken.None);
        _batch.Clear();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var swept = clock.GetTimestamp();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(Interval, clock, stoppingToken);
                await FlushAsync(stoppingToken);
                if (clock.GetElapsedTime(swept) < SweepInterval) continue;
                swept = clock.GetTimestamp();
                await SweepAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                // What waits is written below.
            }
            catch (Exception e) when (database.Engine.AsOutage(e) is not null || database.Engine.IsRetryable(e))
            {
                log.LogWarning("Requests of identity providers wait to be logged: {Reason}", e.Message);
            }
        }

        try
        {
            await FlushAsync(CancellationToken.None);
        }
        catch (Exception e) when (database.Engine.AsOutage(e) is not null)
        {
            log.LogWarning("The last requests of identity providers were not logged: {Reason}", e.Message);
        }
    }
}
