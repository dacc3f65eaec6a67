using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Hexabase.Portal.Audit;

namespace Hexabase.Portal.Integrations.Siem;

/// <summary>ArcSight Common Event Format, version 0. Severity 3 for success, 6 for failure.</summary>
public sealed class CefFormat : IAuditEventFormat
{
    // Keys of the CEF dictionary where there is one, custom strings with a label otherwise.
    private static readonly (AuditField Field, string Key, string? Label)[] Keys =
    [
        (AuditField.Id, "externalId", null),
        (AuditField.Action, "act", null),
        (AuditField.Status, "outcome", null),
        (AuditField.Reason, "reason", null),
        (AuditField.ActorName, "suser", null),
        (AuditField.UserId, "suid", null),
        (AuditField.ActorKind, "spriv", null),
        (AuditField.UserAgent, "requestClientApplication", null),
        (AuditField.SourceId, "deviceExternalId", null),
        (AuditField.Source, "deviceFacility", null),
        (AuditField.TenantId, "cs1", "tenant_id"),
        (AuditField.Resource, "cs2", "resource"),
        (AuditField.OldValue, "cs3", "old_value"),
        (AuditField.NewValue, "cs4", "new_value"),
        (AuditField.WorkspaceId, "cs5", "workspace_id"),
        (AuditField.OperationId, "cs6", "operation_id"),
        (AuditField.ApproverId, "flexString1", "approver_id"),
        (AuditField.Permission, "flexString2", "permission"),
    ];

    private static readonly HashSet<AuditField> Placed = [.. Keys.Select(k => k.Field), AuditField.Timestamp, AuditField.IpAddress, AuditField.Index];

    private static readonly string Version = typeof(CefFormat).Assembly.GetName().Version?.ToString(3) ?? "0";

    public string MediaType => "text/plain";

    public void Write(AuditEntryRow entry, IBufferWriter<byte> into) => Write(AuditEvent.Of(entry), into);

    public void Write(AuditEvent audited, IBufferWriter<byte> into)
    {
        into.Append("CEF:0|Hexabase|Portal|");
        into.Append(Version);
        into.Append("|");
        AppendHeader(audited.Action, into);
        into.Append("|");
        AppendHeader(audited[AuditField.Resource] is { } resource ? $"{audited.Action} {resource}" : audited.Action, into);
        into.Append(audited.Failed ? "|6|" : "|3|");
        into.Append(string.Create(CultureInfo.InvariantCulture, $"rt={(audited.Timestamp - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMillisecond}"));
        if (audited.Sequence is { } sequence) Pair(into, "cn1Label", "sequence", "cn1", sequence.ToString(CultureInfo.InvariantCulture));
        if (audited[AuditField.Index] is { } index) Pair(into, "cn2Label", "index", "cn2", index);
        Address(audited, into);
        foreach (var (field, key, label) in Keys)
        {
            if (audited[field] is not { } value) continue;
            if (audited.Names?[(int)field] is { } renamed) Extension(into, Key(renamed), value);
            else if (label is null) Extension(into, key, value);
            else Pair(into, key + "Label", label, key, value);
        }

        for (var field = (AuditField)0; (int)field < AuditFields.Count; field++)
        {
            if (!Placed.Contains(field) && audited[field] is { } value) Extension(into, Key(audited.Names?[(int)field] ?? OwnKey(field)), value);
        }

        if (audited.Stream is { } stream) Extension(into, "hexabaseStream", stream);
        if (audited.IsReplay) Extension(into, "hexabaseReplay", "true");
        if (audited.Truncated is { } truncated) Extension(into, "hexabaseTruncated", truncated);
    }

    /// <summary>Header fields: '\' and '|' take a backslash, line breaks become spaces.</summary>
    internal static void AppendHeader(ReadOnlySpan<char> value, IBufferWriter<byte> into)
    {
        foreach (var (at, c) in new Marks(value, "\\|\r\n\v\f\u0085\u2028\u2029"))
        {
            into.Append(at);
            if (c is '\\') into.Append("\\\\");
            else if (c is '|') into.Append("\\|");
            else if (c != '\0') into.Append(" ");
        }
    }

    /// <summary>Extension values: '\' and '=' take a backslash, line breaks become \n and \r.</summary>
    internal static void AppendExtension(ReadOnlySpan<char> value, IBufferWriter<byte> into)
    {
        foreach (var (at, c) in new Marks(value, "\\=\r\n\v\f\u0085\u2028\u2029"))
        {
            into.Append(at);
            if (c is '\\') into.Append("\\\\");
            else if (c is '=') into.Append("\\=");
            else if (c is '\r') into.Append("\\r");
            else if (c != '\0') into.Append("\\n");
        }
    }

    private static void Address(AuditEvent audited, IBufferWriter<byte> into)
    {
        if (audited[AuditField.IpAddress] is not { } text) return;
        if (audited.Names?[(int)AuditField.IpAddress] is { } renamed) Extension(into, Key(renamed), text);
        else if (!IPAddress.TryParse(text, out var address)) Extension(into, "shost", text);
        else if (address.AddressFamily == AddressFamily.InterNetwork) Extension(into, "src", text);
        else Pair(into, "c6a2Label", "Source IPv6 Address", "c6a2", text);
    }

    private static void Pair(IBufferWriter<byte> into, string labelKey, string label, string key, string value)
    {
        Extension(into, labelKey, label);
        Extension(into, key, value);
    }

    private static void Extension(IBufferWriter<byte> into, string key, string value)
    {
        into.Append(" ");
        into.Append(key);
        into.Append("=");
        AppendExtension(value, into);
    }

    /// <summary>Keys of our own hold the product's name, so that they meet no key of the dictionary.</summary>
    private static string OwnKey(AuditField field) => $"hexabase{field}";

    private static string Key(string name) => new([.. name.Where(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.')]);

    /// <summary>The text between marks, and the mark behind it ('\0' at the end).</summary>
    private ref struct Marks(ReadOnlySpan<char> text, ReadOnlySpan<char> marks)
    {
        private readonly ReadOnlySpan<char> _marks = marks;
        private ReadOnlySpan<char> _rest = text;
        private bool _ended;

        public Piece Current { get; private set; }

        public readonly Marks GetEnumerator() => this;

        public bool MoveNext()
        {
            if (_ended) return false;
            var at = _rest.IndexOfAny(_marks);
            _ended = at < 0;
            Current = _ended ? new Piece(_rest, '\0') : new Piece(_rest[..at], _rest[at]);
            if (!_ended) _rest = _rest[(at + 1)..];
            return true;
        }
    }

    private readonly ref struct Piece(ReadOnlySpan<char> text, char mark)
    {
        private readonly ReadOnlySpan<char> _text = text;
        private readonly char _mark = mark;

        public void Deconstruct(out ReadOnlySpan<char> text, out char mark)
        {
            text = _text;
            mark = _mark;
        }
    }
}
