using Hexabase.Portal.Integrations.Siem;
using Hexabase.Portal.Kernel;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Integrations;

/// <summary>The receivers of the audit log: where each stands, and one beside the list.</summary>
public sealed partial class SinksPage
{
    private IReadOnlyList<AuditSinkRow>? _rows;

    [SupplyParameterFromQuery(Name = "id")] public string? Id { get; set; }

    [SupplyParameterFromQuery(Name = "new")] public bool Create { get; set; }

    [SupplyParameterFromQuery(Name = "edit")] public bool Edit { get; set; }

    protected override IReadOnlyCollection<string> Topics => [LiveTopic.AuditSinks, LiveTopic.Audit];

    private bool MayWrite => May(SiemPermissions.Write);

    private bool Creating => Create && MayWrite;

    private AuditSinkRow? Chosen => _rows?.FirstOrDefault(s => s.Slug == Id);

    private bool IsOpen => Creating || Chosen is not null;

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        if (await AskAsync(new ListAuditSinks(Org ?? "", new PageRequest(PageRequest.MaxLimit))) is { } page) _rows = page.Items;
    }

    private async Task SavedAsync(string slug)
    {
        await ReloadAsync();
        Navigation.NavigateTo(Address(slug));
    }

    private string Address(string? slug = null, bool create = false, bool edit = false) =>
        Navigation.GetUriWithQueryParameters(new Dictionary<string, object?>(StringComparer.Ordinal) { ["id"] = slug, ["new"] = create ? true : null, ["edit"] = edit ? true : null });
}
