using Hexabase.Portal.Integrations.Siem;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Integrations;

/// <summary>What is typed into the form of a sink. Empty secrets of a stored sink are kept.</summary>
internal sealed class SinkDraft
{
    public string? Name { get; set; }

    public AuditSinkKind Kind { get; private set; } = AuditSinkKind.SyslogTls;

    public string? Address { get; set; }

    public string Format { get; set; } = AuditFormats.Rfc5424;

    public string? Filter { get; set; }

    public string? Credential { get; set; }

    public string? CaPem { get; set; }

    public string? ClientCertificatePem { get; set; }

    public string? ClientKeyPem { get; set; }

    public string? ServerName { get; set; }

    public SyslogFraming Framing { get; set; }

    public string? MaxMessageBytes { get; set; }

    public bool Acknowledge { get; set; } = true;

    public string? Host { get; set; }

    public string? Source { get; set; }

    public string? SourceType { get; set; }

    public string? Index { get; set; }

    public DateOnly? From { get; set; }

    /// <summary>By field name.</summary>
    public Dictionary<string, FieldRule> Fields { get; } = new(StringComparer.Ordinal);

    public bool IsSyslog => Kind is AuditSinkKind.SyslogTls or AuditSinkKind.SyslogTcp;

    public bool HasTls => Kind is AuditSinkKind.SyslogTls or AuditSinkKind.Hec or AuditSinkKind.Https;

    public IReadOnlyList<string> Formats => IsSyslog || Kind == AuditSinkKind.File ? AuditFormats.Names : [AuditFormats.Json, AuditFormats.Ocsf, AuditFormats.Cef];

    public void PickKind(AuditSinkKind kind)
    {
        Kind = kind;
        if (!Formats.Contains(Format, StringComparer.Ordinal) || !IsSyslog) Format = IsSyslog ? AuditFormats.Rfc5424 : AuditFormats.Json;
        if (IsSyslog) Format = AuditFormats.Rfc5424;
    }

    public static SinkDraft Of(AuditSinkRow s)
    {
        var draft = new SinkDraft
        {
            Name = s.Name, Kind = s.Kind, Address = s.Address, Format = s.Format, Filter = s.Filter, CaPem = s.CaPem, ClientCertificatePem = s.ClientCertificatePem, ServerName = s.Settings.ServerName,
            Framing = s.Settings.Framing, MaxMessageBytes = s.Settings.MaxMessageBytes.ToString(System.Globalization.CultureInfo.InvariantCulture), Acknowledge = s.Settings.Acknowledge, Host = s.Settings.Host,
            Source = s.Settings.Source, SourceType = s.Settings.SourceType, Index = s.Settings.Index,
        };
        foreach (var (name, rule) in s.Settings.Fields ?? new Dictionary<string, FieldRule>(StringComparer.Ordinal)) draft.Fields[name] = rule;
        return draft;
    }

    public AuditSinkInput ToInput() => new(
        Name, Words.Of(Kind), Address, Format, Filter, Secret(Credential), CaPem, ClientCertificatePem, Secret(ClientKeyPem), ServerName, Words.Of(Framing),
        // What is no number is refused with the field's own words.
        string.IsNullOrWhiteSpace(MaxMessageBytes) ? null : int.TryParse(MaxMessageBytes.Replace(",", "", StringComparison.Ordinal), System.Globalization.CultureInfo.InvariantCulture, out var bytes) ? bytes : 0,
        Acknowledge, Host, Source, SourceType, Index, Fields.ToDictionary(f => f.Key, f => (FieldRuleInput?)new FieldRuleInput(Words.Of(f.Value.Treatment), f.Value.As), StringComparer.Ordinal),
        From?.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc));

    private static string? Secret(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
