using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Home;

/// <summary>What waits for a decision in the organization, most urgent first, for what the viewer may see; and what is left of setting it up.</summary>
public sealed partial class HomePage
{
    private HomeView? _home;

    protected override IReadOnlyCollection<string> Topics =>
        [LiveTopic.BusinessUnits, LiveTopic.Workspaces, LiveTopic.Quotas, LiveTopic.Budgets, LiveTopic.Costs, LiveTopic.Jobs, LiveTopic.People, LiveTopic.Tokens];

    private int Done => _home?.Onboarding.Count(s => s.IsDone) ?? 0;

    private bool ShowsOnboarding => _home is { Onboarding.Count: > 0 } home && Done < home.Onboarding.Count;

    protected override async Task LoadAsync(CancellationToken cancellationToken) => _home = await AskAsync(new GetHome(Org ?? "")) ?? _home;
}
