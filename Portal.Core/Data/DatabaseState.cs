using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Data;

/// <summary>Whether the database answers, and its time.</summary>
public sealed class DatabaseState(PortalDatabase database)
{
    /// <returns>What is wrong (null = nothing), and the database's UTC time.</returns>
    public async Task<(string? Reason, DateTime? NowUtc)> LookAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience);
        try
        {
            await using var open = await database.OpenAsync(DataScope.Platform, forWriting: false, limit.Token);
            var question = database.Engine.IsPostgreSql ? "SELECT clock_timestamp() AT TIME ZONE 'UTC' AS \"Value\"" : "SELECT SYSUTCDATETIME() AS [Value]";
            var now = await open.Db.Database.SqlQueryRaw<DateTime>(question).ToListAsync(limit.Token);
            return (null, DateTime.SpecifyKind(now[0], DateTimeKind.Utc));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return ("no answer in time", null);
        }
        catch (Exception e) when (database.Engine.AsOutage(e) is { } outage)
        {
            return (outage.Code, null);
        }
    }
}
