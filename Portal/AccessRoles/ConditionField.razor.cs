using Hexabase.Portal.Access;
using Hexabase.Portal.Access.Conditions;
using Hexabase.Portal.Controls;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Shell;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.AccessRoles;

/// <summary>A condition as text, with a checker and a builder.</summary>
public sealed partial class ConditionField
{
    private static readonly string[] TermWords = ["mfa", "time", "weekday", "ip", "environment", "classification", "residency", "label", "owner"];
    private static readonly string[] EnvironmentWords = ["production", "staging", "development", "preview"];
    private static readonly string[] LevelWords = ["public", "internal", "confidential", "restricted"];
    private string? _term = "mfa";
    private string? _from;
    private string? _to;
    private string? _values;
    private string? _zone;
    private bool _not;
    private Condition? _read;
    private ConditionError? _error;
    private Outcome _now;
    private string? _checked;

    [Parameter, EditorRequired] public required string Id { get; set; }

    [Parameter, EditorRequired] public required string Label { get; set; }

    [Parameter] public string? Help { get; set; }

    /// <summary>What the command refused.</summary>
    [Parameter] public string? Error { get; set; }

    [Parameter] public bool Optional { get; set; }

    [Parameter] public string? Value { get; set; }

    [Parameter] public EventCallback<string?> ValueChanged { get; set; }

    [Inject] private TimeProvider Clock { get; set; } = default!;

    [Inject] private Viewer Viewer { get; set; } = default!;

    private string? Wrong => _error is null ? null : T.Problem(_error.ToField("condition"));

    private IReadOnlyList<(string, string)> Terms => [.. TermWords.Select(t => (t, T[$"condition.term.{t}"]))];

    private IReadOnlyList<(string, string)> Environments => [.. EnvironmentWords.Select(e => (e, T[$"environment.{e}"]))];

    private IReadOnlyList<(string, string)> Levels => [.. LevelWords.Select(l => (l, T[$"classification.{l}"]))];

    protected override void OnParametersSet()
    {
        _zone ??= Viewer.Zone.Id;
        if (_checked == Value) return;
        _checked = Value;
        Check(Value);
    }

    private void Check(string? text)
    {
        (_read, _error) = (null, null);
        if (string.IsNullOrWhiteSpace(text) || !Condition.TryParse(text, out _read, out _error)) return;
        var at = new Circumstances(Actor, Clock.GetUtcNow().UtcDateTime, new AccessTarget(Guid.Empty));
        _now = _read.Evaluate(ref at);
    }

    private async Task SetAsync(string? text)
    {
        _checked = Value = text;
        Check(text);
        await ValueChanged.InvokeAsync(text);
    }

    private void SetTerm(string? term) => (_term, _values, _from, _to) = (term, term switch { "environment" => "production", "classification" => "internal", _ => null }, null, null);

    private Task AddAsync(string word)
    {
        static string Quote(string? text) => $"\"{(text ?? "").Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
        var part = _term switch
        {
            "time" => $"time in {_from}-{_to} {_zone}",
            "weekday" => $"weekday in {_values} {_zone}",
            "mfa" => string.IsNullOrWhiteSpace(_values) ? "mfa" : $"mfa within {_values}",
            "classification" => $"classification <= {_values}",
            "label" => $"label {Quote(_from)} = {Quote(_to)}",
            "owner" => "owner",
            _ => $"{_term} in {_values}",
        };
        if (_not) part = "not " + part;
        // What stands there keeps its meaning: an "or" is bracketed before an "and" follows it.
        var before = Value?.Trim() ?? "";
        if (before.Length > 0 && word == "and" && _read?.Root.ToText() is { } text && Condition.TryParse($"({text}) and mfa", out var joined, out _) && joined.Text.StartsWith('(')) before = $"({before})";
        return SetAsync(before.Length == 0 ? part : $"{before} {word} {part}");
    }
}
