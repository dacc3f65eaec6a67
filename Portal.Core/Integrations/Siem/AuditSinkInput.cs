using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Hexabase.Portal.Audit;
using Hexabase.Portal.Integrations.Outbound;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Workspaces;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Hexabase.Portal.Integrations.Siem;

/// <summary>What happens to one field: keep (default), drop, mask or hash; and the name it gets.</summary>
public sealed record FieldRuleInput(string? Treatment = null, string? As = null);

/// <summary>What a sink shall be. Absent secrets are kept when a sink is changed; empty ones are removed.</summary>
/// <param name="Kind">syslogTls, syslogTcp, hec, https, file; cannot be changed.</param>
/// <param name="Address">HOST:PORT for syslog, a URL for hec and https, a file name for file.</param>
/// <param name="Format">rfc5424, cef, ocsf, json.</param>
/// <param name="Filter">The search language of the audit log; a changed one holds for entries from now on.</param>
/// <param name="Credential">The HEC token; a webhook secret (made when absent).</param>
/// <param name="Acknowledge">HEC: wait for the indexer.</param>
/// <param name="From">New sinks: entries from this moment on; null = from now on.</param>
public sealed record AuditSinkInput(
    string? Name, string? Kind, string? Address, string? Format = null, string? Filter = null, string? Credential = null, string? CaPem = null, string? ClientCertificatePem = null, string? ClientKeyPem = null,
    string? ServerName = null, string? Framing = null, int? MaxMessageBytes = null, bool? Acknowledge = null, string? Host = null, string? Source = null, string? SourceType = null, string? Index = null,
    IReadOnlyDictionary<string, FieldRuleInput?>? Fields = null, DateTime? From = null);

/// <summary>An input that holds up.</summary>
internal sealed record CheckedSink(string Name, AuditSinkKind Kind, string Address, string Format, string Filter, IReadOnlyDictionary<string, Guid>? Workspaces, AuditSinkSettings Settings, string? CaPem, string? ClientCertificatePem)
{
    private const int MinMessageBytes = 480;
    private const int MaxMessageBytes = 1_000_000;

    public static async Task<Result<CheckedSink>> RunAsync(AuditSinkInput input, AuditSinkKind? fixedKind, string? keyPem, bool hasCredential, ReadScope scope, CancellationToken cancellationToken)
    {
        var errors = new List<FieldError>();
        if (TextRule.Check("name", input.Name, 200, out var name) is { } nameError) errors.Add(nameError);
        var kind = fixedKind ?? Words.ReadOf<AuditSinkKind>("sink", "kind", input.Kind, null, errors);
        var address = CheckAddress(kind, input.Address, scope, errors);
        var format = input.Format is { Length: > 0 } given ? given : DefaultFormat(kind);
        if (!AuditFormats.Names.Contains(format, StringComparer.Ordinal)) errors.Add(new FieldError("format", "sink.format", $"format is one of {string.Join(", ", AuditFormats.Names)}."));
        var workspaces = await CheckFilterAsync(input.Filter ?? "", scope, errors, cancellationToken);
        var framing = Words.ReadOf<SyslogFraming>("sink", "framing", input.Framing, SyslogFraming.OctetCounting, errors);
        var length = input.MaxMessageBytes ?? DefaultBytes(kind);
        if (length is < MinMessageBytes or > MaxMessageBytes) errors.Add(new FieldError("maxMessageBytes", "sink.maxMessageBytes", $"maxMessageBytes is a number from {MinMessageBytes} to {MaxMessageBytes}.", Args: [MinMessageBytes, MaxMessageBytes]));
        CheckCredential(kind, input.Credential, hasCredential, errors);
        CheckCertificates(input, keyPem, errors);
        var settings = new AuditSinkSettings(length, framing, input.Acknowledge ?? true, Text("serverName", input.ServerName, 255, errors), Text("host", input.Host, 255, errors), Text("source", input.Source, 255, errors),
            Text("sourceType", input.SourceType, 255, errors), Text("index", input.Index, 255, errors), Fields(input.Fields, errors));
        return errors.Count > 0 ? Problem.Invalid(errors) : new CheckedSink(name, kind, address, format, (input.Filter ?? "").Trim(), workspaces, settings, Pem(input.CaPem), Pem(input.ClientCertificatePem));
    }

    private static string DefaultFormat(AuditSinkKind kind) => kind is AuditSinkKind.SyslogTls or AuditSinkKind.SyslogTcp ? AuditFormats.Rfc5424 : AuditFormats.Json;

    // RFC 5425 4.3.1: receivers should take 8192 octets; rsyslog cuts what is longer.
    private static int DefaultBytes(AuditSinkKind kind) => kind is AuditSinkKind.SyslogTls or AuditSinkKind.SyslogTcp ? 8192 : 500_000;

    private static string CheckAddress(AuditSinkKind kind, string? text, ReadScope scope, List<FieldError> errors)
    {
        var address = (text ?? "").Trim();
        string? host = null;
        switch (kind)
        {
            case AuditSinkKind.SyslogTls or AuditSinkKind.SyslogTcp when SinkAddress.Endpoint(address) is { } endpoint:
                host = endpoint.Host;
                break;
            case AuditSinkKind.SyslogTls or AuditSinkKind.SyslogTcp:
                errors.Add(new FieldError("address", "sink.address.endpoint", "address is HOST:PORT, such as siem.example.com:6514."));
                break;
            case AuditSinkKind.File:
                var options = scope.Service<IOptions<SiemOptions>>().Value;
                if (string.IsNullOrWhiteSpace(options.FileDirectory)) errors.Add(new FieldError("kind", "sink.file.closed", "File sinks are switched off here: an operator sets Siem:FileDirectory."));
                if (!SinkPatterns.FileName().IsMatch(address)) errors.Add(new FieldError("address", "sink.address.file", "address is a file name of letters, digits, '-', '_' and '.', such as audit.jsonl."));
                break;
            default:
                if (!Uri.TryCreate(address, UriKind.Absolute, out var url) || url.Scheme is not ("https" or "http") || url.UserInfo.Length > 0 || url.Fragment.Length > 0 || address.Length > 2000)
                    errors.Add(new FieldError("address", "sink.address.url", "address is a URL such as https://siem.example.com:8088, without user name and password."));
                else if (url.Scheme == "http" && !scope.Service<IOptions<SiemOptions>>().Value.AllowPlainHttp)
                    errors.Add(new FieldError("address", "sink.address.plain", "address begins with https://: the audit log does not travel in the clear."));
                else host = url.IdnHost;
                break;
        }

        if (host is not null && IPAddress.TryParse(host.Trim('[', ']'), out var literal) && !scope.Service<OutboundGuard>().Allows(literal))
            errors.Add(new FieldError("address", "sink.address.closed", "address is not public. An operator can allow its network in the setting Outbound:AllowedNetworks."));
        return address;
    }

    private static async Task<IReadOnlyDictionary<string, Guid>?> CheckFilterAsync(string filter, ReadScope scope, List<FieldError> errors, CancellationToken cancellationToken)
    {
        if (!AuditQueryParser.Parse(filter).TryGet(out var terms, out var problem))
        {
            errors.AddRange((problem.Errors ?? []).Select(e => e with { Field = "filter" }));
            return null;
        }

        var slugs = SinkFilter.WorkspaceSlugs(terms).Distinct(StringComparer.Ordinal).ToList();
        if (slugs.Count == 0) return null;
        var known = await scope.Db.Set<Workspace>().Where(w => slugs.Contains(w.Slug)).OrderBy(w => w.Slug).ToDictionaryAsync(w => w.Slug, w => w.Id, StringComparer.Ordinal, cancellationToken);
        foreach (var missing in slugs.Where(s => !known.ContainsKey(s))) errors.Add(new FieldError("filter", "sink.filter.workspace", $"There is no workspace {missing}; workspace: takes whole slugs here.", Args: [missing]));
        return known;
    }

    private static void CheckCredential(AuditSinkKind kind, string? credential, bool has, List<FieldError> errors)
    {
        if (kind == AuditSinkKind.Hec && (credential is null ? !has : credential.Trim().Length == 0)) errors.Add(new FieldError("credential", "sink.credential.hec", "credential is missing: the token of the HTTP Event Collector."));
        else if (kind == AuditSinkKind.Hec && credential is not null && (credential.Length > 500 || credential.Any(c => c is <= ' ' or > '~'))) errors.Add(new FieldError("credential", "sink.credential.characters", "credential holds characters that no token has."));
        else if (kind == AuditSinkKind.Https && credential is { Length: > 0 } && !WebhookSignature.IsSecret(credential.Trim())) errors.Add(new FieldError("credential", "sink.credential.webhook", "credential is whsec_ and base64 of 24 to 64 bytes. Leave it empty to have one made."));
    }

    private static void CheckCertificates(AuditSinkInput input, string? keyPem, List<FieldError> errors)
    {
        if (string.IsNullOrWhiteSpace(input.CaPem) && string.IsNullOrWhiteSpace(input.ClientCertificatePem) && string.IsNullOrWhiteSpace(keyPem)) return;
        try
        {
            if (!string.IsNullOrWhiteSpace(keyPem) && string.IsNullOrWhiteSpace(input.ClientCertificatePem)) throw new OutboundException("outbound.certificate", "The private key has no certificate: paste the client certificate, too.");
            OutboundTls.Create(input.CaPem, input.ClientCertificatePem, keyPem, null).Dispose();
        }
        catch (OutboundException e)
        {
            errors.Add(new FieldError(e.Code switch { "outbound.ca" => "caPem", "outbound.certificate" => "clientCertificatePem", _ => "clientKeyPem" }, $"sink.{e.Code}", e.Message));
        }
    }

    private static Dictionary<string, FieldRule>? Fields(IReadOnlyDictionary<string, FieldRuleInput?>? input, List<FieldError> errors)
    {
        if (input is null || input.Count == 0) return null;
        var rules = new Dictionary<string, FieldRule>(StringComparer.Ordinal);
        var names = new HashSet<string>(AuditFields.Names, StringComparer.Ordinal);
        foreach (var (field, rule) in input)
        {
            if (rule is null) continue;
            if (!AuditFields.TryFind(field, out var known))
            {
                errors.Add(new FieldError("fields", "sink.fields.unknown", $"{(field.Length > 40 ? field[..40] : field)} is no field. There are {string.Join(", ", AuditFields.Names)}.", Args: [field]));
                continue;
            }

            var treatment = Words.ReadOf<FieldTreatment>("sink", "fields", rule.Treatment, FieldTreatment.Keep, errors);
            if (treatment != FieldTreatment.Keep && AuditFields.IsFixed(known)) errors.Add(new FieldError("fields", "sink.fields.fixed", $"{field} is always sent as it is.", Args: [field]));
            if (rule.As is { Length: > 0 } other && (!SinkPatterns.FieldName().IsMatch(other) || !names.Add(other))) errors.Add(new FieldError("fields", "sink.fields.name", $"{field} cannot be called so: a name is 1 to 32 letters, digits, '_' and '.', begins with a letter, and is given once.", Args: [field]));
            if (treatment != FieldTreatment.Keep || !string.IsNullOrEmpty(rule.As)) rules[field] = new FieldRule(treatment, string.IsNullOrEmpty(rule.As) ? null : rule.As);
        }

        return rules.Count == 0 ? null : rules;
    }

    private static string? Text(string field, string? text, int length, List<FieldError> errors)
    {
        if (TextRule.Check(field, text, length, out var clean, required: false) is { } error) errors.Add(error);
        return clean.Length == 0 ? null : clean;
    }

    private static string? Pem(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim().ReplaceLineEndings("\n");
}

internal static partial class SinkPatterns
{
    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$", RegexOptions.ExplicitCapture, 1000)]
    public static partial Regex FileName();

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9_.]{0,31}$", RegexOptions.ExplicitCapture, 1000)]
    public static partial Regex FieldName();
}
