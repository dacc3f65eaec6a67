using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Views;

/// <summary>Changes what is given; null = as before. A view that is not shared any more is its owner's alone.</summary>
public sealed record ChangeView(string Org, Guid Id, string? Name = null, string? QueryString = null, bool? IsShared = null, long? ExpectedVersion = null) : Command<SavedViewRow>
{
    public override string Action => "savedView.change";

    public override string OrganizationKey => Org;

    public override Permission? Permission => ViewsPermissions.Write;

    public override async Task<Result<SavedViewRow>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var found = await SavedViewPlace.ForChangeAsync(scope, Id, ExpectedVersion, cancellationToken);
        if (!found.TryGet(out var view, out var problem)) return problem;
        var errors = new List<FieldError>();
        var (name, query) = (view.Name, view.QueryString);
        if (Name is not null && SavedViewRules.CheckName(Name, out name) is { } nameError) errors.Add(nameError);
        if (QueryString is not null && SavedViewRules.CheckQuery(QueryString, out query) is { } queryError) errors.Add(queryError);
        if (errors.Count > 0) return Problem.Invalid(errors);
        if (IsShared is true && !view.IsShared && SavedViewSharing.Refuses(scope) is { } refusal) return refusal;
        if (name != view.Name && await scope.Db.Set<SavedView>().AnyAsync(v => v.OwnerId == view.OwnerId && v.Page == view.Page && v.Name == name, cancellationToken)) return SavedViewSharing.Taken(name);
        (view.Name, view.QueryString, view.IsShared) = (name, query, IsShared ?? view.IsShared);
        // Whoever opened with it and cannot see it any more opens with the page as it is.
        if (!view.IsShared) await SavedViewDefaults.ClearAsync(scope, view, others: true, cancellationToken);
        scope.Audit("savedView", view.Id, view.Name);
        var version = NextVersion.Of(scope, view);
        scope.Touch(LiveTopic.Views, view.Id, version);
        return SavedViewRow.Of(view, scope, await SavedViewPlace.IsDefaultAsync(scope, view.Id, cancellationToken), version);
    }
}

/// <summary>Removes a view.</summary>
public sealed record DeleteView(string Org, Guid Id, long? ExpectedVersion = null) : Command<Done>
{
    public override string Action => "savedView.delete";

    public override string OrganizationKey => Org;

    public override Permission? Permission => ViewsPermissions.Write;

    public override async Task<Result<Done>> HandleAsync(WriteScope scope, CancellationToken cancellationToken)
    {
        var found = await SavedViewPlace.ForChangeAsync(scope, Id, ExpectedVersion, cancellationToken);
        if (!found.TryGet(out var view, out var problem)) return problem;
        await SavedViewDefaults.ClearAsync(scope, view, others: false, cancellationToken);
        scope.Db.Remove(view);
        scope.Touch(LiveTopic.Views, view.Id);
        return default(Done);
    }
}
