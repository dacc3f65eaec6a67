using Hexabase.Portal.Access.Groups;
using Hexabase.Portal.Access.Sso.Connections;
using Hexabase.Portal.Controls;
using Hexabase.Portal.Kernel;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.SsoSetup;

/// <summary>Groups of the provider, and the role or group here that their people get at each sign-in.</summary>
public sealed partial class MappingEditor
{
    private List<Mapping> _rows = [];
    private IReadOnlyList<GroupRow> _groups = [];

    [Parameter, EditorRequired] public required SsoConnectionRow Row { get; set; }

    [Parameter] public bool MayWrite { get; set; }

    protected override async Task OnInitializedAsync()
    {
        await base.OnInitializedAsync();
        var groups = await Portal.AskAsync(Actor, new ListGroups(Org, new PageRequest(PageRequest.MaxLimit)), Left);
        if (groups.TryGet(out var page, out _)) _groups = page.Items;
        if (await AskAsync(new ListSsoMappings(Org, Row.Id)) is { } mappings) Take(mappings);
    }

    private void Take(IReadOnlyList<SsoMappingRow> mappings) =>
        _rows = [.. mappings.Select(m => new Mapping { Value = m.Value, Target = m.Role is { } role ? $"role:{role}" : $"group:{m.GroupId}" })];

    private async Task SaveAsync()
    {
        var (done, mappings) = await SendAsync(new SetSsoMappings(Org, Row.Id, [.. _rows.Select(r => new SsoMappingInput(r.Value, r.GroupId, r.Role))]));
        if (!done || mappings is null) return;
        Take(mappings);
        Toasts.Show(T["ssoSetup.mappingsSaved"], Tone.Good);
    }

    private sealed class Mapping
    {
        public string? Value { get; set; }

        /// <summary>"role:NAME", "group:ID" or nothing yet.</summary>
        public string Target { get; set; } = "";

        public string? Role => Target.StartsWith("role:", StringComparison.Ordinal) ? Target[5..] : null;

        public Guid? GroupId => Target.StartsWith("group:", StringComparison.Ordinal) && Guid.TryParse(Target.AsSpan(6), out var id) ? id : null;
    }
}
