using System.Globalization;
using Hexabase.Portal.Audit;
using Hexabase.Portal.Audit.Retention;
using Hexabase.Portal.Controls;
using Hexabase.Portal.Kernel;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.AuditRetention;

/// <summary>The entries of a restored archive, in the order of the log. Each look is an entry of its own, so nothing is read twice without need.</summary>
public sealed partial class ArchiveEntries
{
    private AuditEntryRow? _entry;
    private long? _entryOf;
    private bool _loaded;

    [Parameter, EditorRequired] public required ExpiryRow Row { get; set; }

    [Parameter] public string? Contains { get; set; }

    /// <summary>Index of the entry that is open; null = the list.</summary>
    [Parameter] public long? Entry { get; set; }

    /// <summary>The address of an entry; null = the list.</summary>
    [Parameter, EditorRequired] public required Func<long?, string> HrefOf { get; set; }

    /// <summary>What to do while the archive is closed.</summary>
    [Parameter] public RenderFragment? ChildContent { get; set; }

    protected override async Task OnParametersSetAsync()
    {
        if (Entry == _entryOf || Row.Restored == 0) return;
        (_entryOf, _entry, _loaded) = (Entry, null, false);
        if (Entry is not { } index) return;
        var page = await AskAsync(new ReadAuditArchive(Org, Row.Id, null, index - 1, 1));
        if (_entryOf != index) return;
        (_entry, _loaded) = (page?.Items is [{ Index: { } found } row] && found == index ? row : null, true);
    }

    private string SearchAddress(string query) => Url($"audit?range=all&q={Uri.EscapeDataString(query)}");

    private string EntryAddress(Guid id) => Url($"audit?id={id}");

    private async Task<DataTablePage<AuditEntryRow>> LoadRowsAsync(DataTableQuery query, CancellationToken cancellationToken)
    {
        var after = query.Cursor is { } cursor ? long.Parse(cursor, CultureInfo.InvariantCulture) : -1;
        var page = await AskAsync(new ReadAuditArchive(Org, Row.Id, Contains, after, Math.Min(query.Take, PageRequest.MaxLimit)));
        return new DataTablePage<AuditEntryRow>(page?.Items ?? [], page?.NextCursor);
    }
}
