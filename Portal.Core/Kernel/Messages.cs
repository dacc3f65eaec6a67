namespace Hexabase.Portal.Kernel;

/// <summary>What every command and query says of itself before it runs.</summary>
public abstract record Message
{
    /// <summary>What the actor must hold at <see cref="TargetAsync"/>; null only for what anybody may do (sign-in).</summary>
    public abstract Permission? Permission { get; }

    /// <summary>The organization it concerns, as id or slug; null for the platform as a whole.</summary>
    public virtual string? OrganizationKey => null;

    /// <summary>Who may act before any grant exists: sign-in, first administrator, accepting an invitation.</summary>
    public virtual bool AllowsAnonymous => false;

    /// <summary>Any signed-in actor may use it without a permission: their own account, the organizations they can see.</summary>
    public virtual bool AllowsAnySignedIn => false;

    /// <summary>
    /// It reads or changes rows of the platform (accounts, sessions) beside those of its organization: runs as the platform's role, access is still decided at the organization.
    /// The handler names the organization in each of its queries, for nothing confines them to it.
    /// </summary>
    public virtual bool NeedsPlatform => false;

    /// <summary>The narrowest place it touches, for grants below the organization. Missing or foreign: a problem.</summary>
    public virtual Task<Result<AccessTarget>> TargetAsync(ReadScope scope, CancellationToken cancellationToken) =>
        Task.FromResult<Result<AccessTarget>>(new AccessTarget(scope.OrganizationId));
}

/// <summary>The place in the tree platform → organization → business unit → workspace → project that a message touches.</summary>
/// <param name="OrganizationId"><see cref="Guid.Empty"/> = the platform.</param>
/// <param name="BusinessUnitIds">The unit and all units above it.</param>
public sealed record AccessTarget(Guid OrganizationId, IReadOnlyList<Guid>? BusinessUnitIds = null, Guid? WorkspaceId = null, Guid? ProjectId = null)
{
    /// <summary>What conditions may ask of the workspace; read only where a condition of the actor or a rule of the organization asks for it.</summary>
    public Access.Conditions.PlaceFacts? Facts { get; init; }

    /// <summary>The query shows only those rows for which access is decided once more, each at its own place.</summary>
    public bool IsNarrowed { get; init; }
}

/// <summary>A read. Runs on a no-tracking context that sees one organization (or the platform), inside one read-only snapshot.</summary>
public abstract record Query<T> : Message
{
    /// <summary>True for protected data (audit, exports, personal data): each read is an audit entry of its own.</summary>
    public virtual bool IsProtected => false;

    public abstract Task<Result<T>> HandleAsync(ReadScope scope, CancellationToken cancellationToken);
}

/// <summary>A change. Runs in one transaction together with its audit entry; its topics are published after the commit.</summary>
public abstract record Command<T> : Message
{
    /// <summary>The audit action, <c>kind.verb</c>: "budget.create".</summary>
    public abstract string Action { get; }

    public abstract Task<Result<T>> HandleAsync(WriteScope scope, CancellationToken cancellationToken);
}
