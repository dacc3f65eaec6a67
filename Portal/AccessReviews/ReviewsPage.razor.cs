using Hexabase.Portal.Access.Reviews;
using Hexabase.Portal.Controls;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Shell;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.AccessReviews;

/// <summary>The reviews of an organization, starting one beside the list, and one of them with its items.</summary>
public sealed partial class ReviewsPage
{
    private DataTable<ReviewRow>? _table;
    private ConfirmDialog? _confirm;
    private ReviewRow? _review;

    /// <summary>The review that is open.</summary>
    [SupplyParameterFromQuery] public Guid? Id { get; set; }

    [SupplyParameterFromQuery] public bool New { get; set; }

    [SupplyParameterFromQuery] public bool Mine { get; set; }

    [SupplyParameterFromQuery] public bool Undecided { get; set; }

    [SupplyParameterFromQuery(Name = "q")] public string? Filter { get; set; }

    protected override IReadOnlyCollection<string> Topics => [LiveTopic.Roles];

    private bool MayWrite => May(ReviewsPermissions.Write);

    private bool Creating => New && MayWrite;

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        _review = Id is { } id && (await Portal.AskAsync(Actor, new GetAccessReview(Org ?? "", id), cancellationToken)).TryGet(out var review, out _) ? review : null;
        if (Id is null && _table is not null) await _table.RefreshAsync();
    }

    private Task<DataTablePage<ReviewRow>> LoadRowsAsync(DataTableQuery query, CancellationToken cancellationToken) =>
        TableLoading.LoadAsync(query, null, page => Portal.AskAsync(Actor, new ListAccessReviews(Org ?? "", page), cancellationToken));

    private async Task CloseAsync(ReviewRow review)
    {
        var open = review.Progress.Items - review.Progress.Decided;
        var text = open == 0 ? T["reviews.closeText"] : T[$"reviews.closeMissed.{review.Missed}", Display.Number((long)open)];
        if (_confirm is null || !await _confirm.AskAsync(new Question(T["reviews.closeTitle", review.Name], text, T["reviews.close"], Dangerous: true))) return;
        var result = await SendAsync(new CloseAccessReview(Org ?? "", review.Id, ApplyMissed: true));
        if (result.Problem is { } problem) Toasts.Show(T.Problem(problem), Tone.Bad);
        else Toasts.Show(T["reviews.closed", review.Name], Tone.Good);
        await ReloadAsync();
    }

    private string Address(Guid id) => $"{Url("access/reviews")}?id={id}";
}
