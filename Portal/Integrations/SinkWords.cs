using Hexabase.Portal.Controls;
using Hexabase.Portal.Integrations.Siem;
using Hexabase.Portal.Shell;

namespace Hexabase.Portal.Integrations;

/// <summary>Sinks in the viewer's words.</summary>
internal static class SinkWords
{
    public static readonly IReadOnlyList<AuditSinkKind> Kinds = [AuditSinkKind.SyslogTls, AuditSinkKind.Hec, AuditSinkKind.Https, AuditSinkKind.SyslogTcp, AuditSinkKind.File];

    public static string Kind(AuditSinkKind kind) => $"sinks.kind.{kind}";

    public static string Format(string format) => $"sinks.format.{format}";

    public static string State(AuditSinkState state) => $"sinks.state.{state}";

    public static string Run(SinkRunState state) => $"sinks.run.{state}";

    /// <summary>What kind of failure it is; the exact words stand beside it.</summary>
    public static string Error(string? code, Text text) => code is not null && text.Has($"sinks.error.{code}") ? text[$"sinks.error.{code}"] : text["sinks.errorWhat"];

    public static Tone ToneOf(AuditSinkState state) => state switch { AuditSinkState.Active => Tone.Good, AuditSinkState.Failing => Tone.Bad, _ => Tone.Neutral };

    public static Tone ToneOf(SinkRunState state) => state switch { SinkRunState.Done => Tone.Good, SinkRunState.Running => Tone.Info, _ => Tone.Neutral };

    /// <summary>The last hour, oldest minute first.</summary>
    public static IReadOnlyList<double?> Course(IReadOnlyList<long> minutes) => [.. minutes.Reverse().Select(m => (double?)m)];

    /// <summary>Events in the last 60 minutes.</summary>
    public static long LastHour(AuditSinkRow sink) => sink.Standing.Minutes.Sum();

    public static string Lag(AuditSinkRow sink, Text text, Display display) => sink.Standing.LagEntries == 0
        ? text["sinks.lag.none"]
        : sink.Standing.LagSeconds is { } seconds ? text["sinks.lag.both", display.Number(sink.Standing.LagEntries), display.Duration(TimeSpan.FromSeconds(seconds))] : text["sinks.lag.entries", display.Number(sink.Standing.LagEntries)];
}
