using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Hexabase.Portal.Audit.Export;
using Hexabase.Portal.Audit.Log;
using Hexabase.Portal.Audit.Persons;
using Hexabase.Portal.Audit.Tree;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Hexabase.Portal.Audit.Retention;

/// <summary>The receipt of an expiry, with its archive.</summary>
/// <param name="Restored">Entries of the archive that are restored to be read now.</param>
public sealed record ExpiryRow(
    Guid Id, int RetentionDays, DateTime Month, long FromIndex, long ToIndex, long Entries, long Held, string ArchiveFile, string ArchiveSha256, long ArchiveBytes, DateTime RemovedAt, long Restored);

/// <summary>What expired, newest first; at most 1000.</summary>
public sealed record ListAuditExpiries(string? Org) : Query<IReadOnlyList<ExpiryRow>>
{
    public override string? OrganizationKey => Org;

    public override Permission? Permission => AuditPermissions.Read;

    public override async Task<Result<IReadOnlyList<ExpiryRow>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken) =>
        await ExpiryView.ReadAsync(scope, scope.Db.Set<AuditExpiry>().Where(e => e.OrganizationId == scope.OrganizationId).OrderByDescending(e => e.RemovedAtUtc).ThenBy(e => e.Id).Take(1000), cancellationToken);
}

internal static class ExpiryView
{
    public static async Task<List<ExpiryRow>> ReadAsync(ReadScope scope, IQueryable<AuditExpiry> receipts, CancellationToken cancellationToken)
    {
        var rows = await receipts.Select(e => new { Receipt = e, Restored = scope.Db.Set<AuditRestored>().LongCount(r => r.ExpiryId == e.Id) }).ToListAsync(cancellationToken);
        return rows.ConvertAll(r => new ExpiryRow(
            r.Receipt.Id, r.Receipt.RetentionDays, r.Receipt.MonthUtc, r.Receipt.FromIndex, r.Receipt.ToIndex, r.Receipt.Entries, r.Receipt.Held, r.Receipt.ArchiveFile,
            Convert.ToHexStringLower(r.Receipt.ArchiveSha256), r.Receipt.ArchiveBytes, r.Receipt.RemovedAtUtc, r.Restored));
    }
}

/// <summary>That the log after an expiry continues the log before it: nothing but the entries themselves is gone.</summary>
/// <param name="CheckpointBefore">Signed note.</param>
/// <param name="CheckpointNow">Signed note.</param>
/// <param name="Path">RFC 9162 consistency proof between the two sizes, base64.</param>
public sealed record DeletionProof(ExpiryRow Receipt, string CheckpointBefore, string CheckpointNow, long FromSize, long ToSize, IReadOnlyList<byte[]> Path);

/// <summary>The proof of deletion of one expiry.</summary>
public sealed record GetDeletionProof(string? Org, Guid Id) : Query<DeletionProof>
{
    public override string? OrganizationKey => Org;

    public override Permission? Permission => AuditPermissions.Read;

    public override async Task<Result<DeletionProof>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        var own = scope.Db.Set<AuditExpiry>().Where(e => e.OrganizationId == scope.OrganizationId && e.Id == Id);
        if (await ExpiryView.ReadAsync(scope, own, cancellationToken) is not [var receipt]) return Problem.NotFound("auditExpiry");
        var before = await own.Select(e => e.CheckpointBefore).SingleAsync(cancellationToken);
        var now = await scope.Db.Set<AuditCheckpoint>().Where(c => c.OrganizationId == scope.OrganizationId).OrderByDescending(c => c.TreeSize).Select(c => new { c.Note, c.TreeSize }).FirstAsync(cancellationToken);
        var from = Checkpoint.Parse(SignedNote.Parse(before)).Size;
        var size = await AuditLogReader.SizeAsync(scope.Db, scope.OrganizationId, cancellationToken);
        return new DeletionProof(receipt, before, now.Note, from, now.TreeSize, await new TreeProofs(new AuditTreeStore(scope.Db, scope.OrganizationId), size).ConsistencyAsync(from, now.TreeSize, cancellationToken));
    }
}

/// <summary>Queues the restoring of an archive into a read-only view; the archive is checked against its receipt and its own proofs first.</summary>
public sealed record RestoreAuditArchive(string? Org, Guid ExpiryId) : Command<Guid>
{
    public override string? OrganizationKey => Org;

    public override string Action => "auditArchive.restore";

    public override Permission? Permission => AuditPermissions.Administer;

    public override async Task<Result<Guid>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var receipt = await scope.Db.Set<AuditExpiry>().AsNoTracking().SingleOrDefaultAsync(e => e.OrganizationId == scope.OrganizationId && e.Id == ExpiryId, cancellationToken);
        if (receipt is null) return Problem.NotFound("auditExpiry");
        scope.Audit("auditExpiry", receipt.Id, receipt.ArchiveFile);
        return scope.Queue(AuditRestoreJob.Kind, receipt.ArchiveFile, new AuditRestoreInput(ExpiryId)).Id;
    }
}

/// <summary>Closes the read-only view of an archive; the archive stays.</summary>
public sealed record CloseAuditArchive(string? Org, Guid ExpiryId) : Command<Done>
{
    public override string? OrganizationKey => Org;

    public override string Action => "auditArchive.close";

    public override Permission? Permission => AuditPermissions.Administer;

    public override async Task<Result<Done>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
#pragma warning disable RS0030 // A copy of an archive, by the thousand.
        var closed = await scope.Db.Set<AuditRestored>().Where(r => r.OrganizationId == scope.OrganizationId && r.ExpiryId == ExpiryId).ExecuteDeleteAsync(cancellationToken);
#pragma warning restore RS0030
        if (closed == 0) return Problem.NotFound("auditExpiry");
        scope.Audit("auditExpiry", ExpiryId, "", newValue: new { closed });
        scope.Touch(LiveTopic.Audit, ExpiryId);
        return default(Done);
    }
}

/// <summary>Entries of a restored archive, in the order of the log. Reading them is an entry of its own.</summary>
/// <param name="Contains">Only entries whose leaf holds this text; letter case does not matter.</param>
public sealed record ReadAuditArchive(string? Org, Guid ExpiryId, string? Contains = null, long After = -1, int Limit = 50) : Query<Paged<AuditEntryRow>>
{
    public override string? OrganizationKey => Org;

    public override Permission? Permission => AuditPermissions.Read;

    public override bool IsProtected => true;

    public override async Task<Result<Paged<AuditEntryRow>>> HandleAsync(ReadScope scope, CancellationToken cancellationToken)
    {
        if (KeyedList.CheckLimit(Limit) is { } bad) return bad;
        var rows = scope.Db.Set<AuditRestored>().Where(r => r.OrganizationId == scope.OrganizationId && r.ExpiryId == ExpiryId && r.Index > After);
        rows = KeyedList.Holding(rows, Contains, r => r.Leaf);
        var found = await rows.OrderBy(r => r.Index).Take(Limit + 1).ToListAsync(cancellationToken);
        if (found.Count == 0 && !await scope.Db.Set<AuditExpiry>().AnyAsync(e => e.OrganizationId == scope.OrganizationId && e.Id == ExpiryId, cancellationToken)) return Problem.NotFound("auditExpiry");
        var opened = await ArchivedEntry.OpenAsync(scope.Db, scope.Service<AuditPersons>(), found.Take(Limit).ToList(), cancellationToken);
        return new Paged<AuditEntryRow>(opened, found.Count > Limit ? found[Limit - 1].Index.ToString(System.Globalization.CultureInfo.InvariantCulture) : null);
    }
}

internal sealed record AuditRestoreInput(Guid ExpiryId);

/// <summary>Checks an archive and puts its entries where they can be read.</summary>
internal sealed class AuditRestoreJob(PortalDatabase database, AuditSigningKeys keys, IOptions<AuditOptions> options) : IJobHandler
{
    public const string Kind = "auditRestore";
    private const int PageRows = 1000;

    public async Task<JobOutcome> RunAsync(JobContext context, CancellationToken cancellationToken)
    {
        var input = context.ReadInput<AuditRestoreInput>();
        var scope = DataScope.OfOwner(context.OrganizationId);
        var (receipt, pinned) = await database.ReadAsync(
            scope,
            async db => (await db.Set<AuditExpiry>().SingleAsync(e => e.OrganizationId == context.OrganizationId && e.Id == input.ExpiryId, cancellationToken),
                (await AuditKeys.OfAsync(db, keys, Guid.Empty, cancellationToken)).ConvertAll(k => k.PublicKeyPem)),
            cancellationToken);

        var file = Path.Combine(options.Value.ArchiveDirectory, receipt.ArchiveFile);
        if (!File.Exists(file)) return JobOutcome.Failed("audit.archive.missing", $"The archive {receipt.ArchiveFile} is not in the archive directory. Put it back there, then restore it again.");
        await using (var content = File.OpenRead(file))
        {
            if (!(await SHA256.HashDataAsync(content, cancellationToken)).AsSpan().SequenceEqual(receipt.ArchiveSha256))
                return JobOutcome.Failed("audit.archive.changed", $"The archive {receipt.ArchiveFile} is not the one that the receipt describes: its SHA-256 differs.");
        }

        var check = await BundleVerifier.VerifyAsync(new VerificationRequest([file], [], pinned), null, cancellationToken);
        if (!check.IsValid) return JobOutcome.Failed("audit.archive.invalid", $"The archive {receipt.ArchiveFile} does not verify: {check.Findings[0].Message}");
        // The evidence is whole without it; that nobody was erased, and only this file is missing, must be plain.
        var sealedFile = receipt.ArchiveFile + AuditArchiveWriter.SealedSuffix;
        IReadOnlyList<JobMessage>? warnings = File.Exists(file + AuditArchiveWriter.SealedSuffix) ? null
            : [new JobMessage(null, null, "audit.archive.namesMissing", $"{sealedFile} is not in the archive directory: the entries were restored without what names persons. Put it back there, then restore the archive again.", Found: sealedFile)];
        return new JobOutcome(JobState.Succeeded, new { entries = check.Entries }, Warnings: warnings)
        {
            Commit = (write, stop) => LoadAsync(write.Db, context.OrganizationId, receipt.Id, file, stop),
        };
    }

    private static async Task LoadAsync(PortalDbContext db, Guid organizationId, Guid expiryId, string file, CancellationToken cancellationToken)
    {
#pragma warning disable RS0030 // A copy of an archive, by the thousand, in the job's own transaction.
        await db.Set<AuditRestored>().Where(r => r.OrganizationId == organizationId && r.ExpiryId == expiryId).ExecuteDeleteAsync(cancellationToken);
        var sealedParts = await SealedAsync(file + AuditArchiveWriter.SealedSuffix, cancellationToken);
        await using var stream = new GZipStream(File.OpenRead(file), CompressionMode.Decompress);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var rows = new List<AuditRestored>();
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            if (!line.StartsWith("{\"type\":\"entry\"", StringComparison.Ordinal)) continue;
            using var document = JsonDocument.Parse(line);
            var leaf = document.RootElement.GetProperty("leaf");
            var index = leaf.GetProperty("index").GetInt64();
            rows.Add(new AuditRestored
            {
                OrganizationId = organizationId,
                Index = index,
                ExpiryId = expiryId,
                OccurredAtUtc = leaf.GetProperty("timestamp").GetDateTime(),
                Leaf = leaf.GetRawText(),
                SealedParts = sealedParts.GetValueOrDefault(index),
            });
            if (rows.Count < PageRows) continue;
            await SaveAsync();
        }

        await SaveAsync();

        async Task SaveAsync()
        {
            db.AddRange(rows);
            await db.SaveChangesAsync(cancellationToken);
            foreach (var row in rows) db.Entry(row).State = EntityState.Detached;
            rows.Clear();
        }
#pragma warning restore RS0030
    }

    private static async Task<Dictionary<long, string>> SealedAsync(string file, CancellationToken cancellationToken)
    {
        var parts = new Dictionary<long, string>();
        if (!File.Exists(file)) return parts;
        await using var stream = new GZipStream(File.OpenRead(file), CompressionMode.Decompress);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            using var document = JsonDocument.Parse(line);
            parts[document.RootElement.GetProperty("index").GetInt64()] = document.RootElement.GetProperty("parts").GetRawText();
        }

        return parts;
    }
}
