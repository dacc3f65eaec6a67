using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Hexabase.Portal.Audit.Search;

/// <summary>Takes the terms of one entry after the other.</summary>
internal interface IAuditTermSink
{
    void Add(byte code, ReadOnlySpan<byte> value);
}

/// <summary>Makes the terms of an entry. Keeps its buffers from one entry to the next; one thread at a time.</summary>
internal sealed class AuditEntryTerms
{
    private byte[] _buffer = new byte[4096];

    public void Read(AuditEntryRow entry, IAuditTermSink sink)
    {
        sink.Add(AuditTerms.Every, default);
        Text(entry.ActorName, AuditTerms.Actor, sink);
        Id(entry.UserId, AuditTerms.Actor, sink);
        Text(entry.Action, AuditTerms.Action, sink);
        Text(entry.ResourceKind, AuditTerms.Resource, sink);
        Exact(entry.ResourceKind, AuditTerms.Kind, sink);
        Exact(entry.ActorKind, AuditTerms.Kind, sink);
        Text(entry.ResourceId, AuditTerms.Resource, sink);
        Text(entry.ResourceName, AuditTerms.Resource, sink);
        Id(entry.Workspace, AuditTerms.Workspace, sink);
        sink.Add(AuditTerms.Status, entry.Status == AuditStatus.Success ? "success"u8 : "failure"u8);
        Text(entry.IpAddress, AuditTerms.Ip, sink);
        Address(entry.IpAddress, sink);
        Text(entry.Source, AuditTerms.Source, sink);
        Text(entry.Reason, 0, sink);
        Text(entry.UserAgent, 0, sink);
        Text(entry.RequestId, 0, sink);
        Text(entry.Permission, 0, sink);
        Text(entry.SourceId, 0, sink);
        Json(entry.OldValue, sink);
        Json(entry.NewValue, sink);
        Id(entry.Id, 0, sink);
        Id(entry.Session, 0, sink);
        Id(entry.Operation, 0, sink);
        Id(entry.Approver, 0, sink);
    }

    /// <summary>The texts of an entry in which free text is found, in their order; a phrase stands within one of them.</summary>
    public static IEnumerable<string> TextsOf(AuditEntryRow entry)
    {
        string?[] plain = [entry.ActorName, entry.Action, entry.ResourceKind, entry.ResourceId, entry.ResourceName, entry.IpAddress, entry.Source, entry.Reason, entry.UserAgent, entry.RequestId, entry.Permission, entry.SourceId];
        foreach (var text in plain)
        {
            if (!string.IsNullOrEmpty(text)) yield return text;
        }

        if (entry.OldValue is { } old) yield return Flat(JsonMarshal.GetRawUtf8Value(old));
        if (entry.NewValue is { } value) yield return Flat(JsonMarshal.GetRawUtf8Value(value));
        foreach (var id in new[] { entry.UserId, entry.Id, entry.Workspace, entry.Session, entry.Operation, entry.Approver })
        {
            if (id is { } known && known != Guid.Empty) yield return known.ToString();
        }
    }

    private void Text(string? text, byte exact, IAuditTermSink sink)
    {
        if (string.IsNullOrEmpty(text)) return;
        var folded = Folded(text);
        if (exact != 0) Exact(folded, exact, sink);
        Tokens(folded, sink);
    }

    private void Exact(string? text, byte code, IAuditTermSink sink)
    {
        if (!string.IsNullOrEmpty(text)) Exact(Folded(text), code, sink);
    }

    private ReadOnlySpan<byte> Folded(string text)
    {
        var length = AuditFold.Write(text, ref _buffer);
        return _buffer.AsSpan(0, length);
    }

    private static void Exact(ReadOnlySpan<byte> folded, byte code, IAuditTermSink sink)
    {
        if (!AuditTokens.IsId(folded))
        {
            sink.Add(code, AuditTerms.Cut(folded));
            return;
        }

        Span<byte> id = stackalloc byte[16];
        AuditTerms.WriteId(folded, id);
        sink.Add(AuditTerms.ForId(code), id);
    }

    private static void Id(Guid? id, byte exact, IAuditTermSink sink)
    {
        if (id is not { } known || known == Guid.Empty) return;
        Span<byte> bytes = stackalloc byte[16];
        known.TryWriteBytes(bytes, bigEndian: true, out _);
        if (exact != 0) sink.Add(AuditTerms.ForId(exact), bytes);
        sink.Add(AuditTerms.ForId(AuditTerms.Text), bytes);
    }

    private static void Address(string? text, IAuditTermSink sink)
    {
        if (string.IsNullOrEmpty(text)) return;
        Span<byte> bytes = stackalloc byte[17];
        var length = AuditTerms.WriteAddress(text, bytes);
        if (length > 0) sink.Add(AuditTerms.Address, bytes[..length]);
    }

    private void Json(JsonElement? value, IAuditTermSink sink)
    {
        if (value is not { } json) return;
        var raw = JsonMarshal.GetRawUtf8Value(json);
        if (!raw.Contains((byte)'\\'))
        {
            AuditFold.Grow(ref _buffer, raw.Length);
            // Without escapes the marks of JSON separate the same words that its strings hold.
            if (Ascii.ToLower(raw, _buffer, out var written) == OperationStatus.Done)
            {
                Tokens(_buffer.AsSpan(0, written), sink);
                return;
            }
        }

        Tokens(Folded(Flat(raw)), sink);
    }

    /// <summary>Names, texts and numbers of a JSON value, one after the other.</summary>
    internal static string Flat(ReadOnlySpan<byte> raw)
    {
        var text = new StringBuilder(raw.Length);
        var reader = new Utf8JsonReader(raw, new JsonReaderOptions { MaxDepth = 512 });
        while (reader.Read())
        {
            var piece = reader.TokenType switch
            {
                JsonTokenType.String or JsonTokenType.PropertyName => Unescaped(ref reader),
                JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False or JsonTokenType.Null => Encoding.UTF8.GetString(reader.ValueSpan),
                _ => null,
            };
            if (piece is not null) text.Append(CultureInfo.InvariantCulture, $"{piece}\n");
        }

        return text.ToString();
    }

    private static string Unescaped(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString() ?? "";
        }
        catch (InvalidOperationException)
        {
            // An escape that is half a surrogate pair stands for no character; the text is found as it is written.
            return Encoding.UTF8.GetString(reader.ValueSpan);
        }
    }

    private static void Tokens(ReadOnlySpan<byte> folded, IAuditTermSink sink)
    {
        var texts = new TextTerms(sink);
        AuditTokens.Read(folded, ref texts);
    }

    private readonly struct TextTerms(IAuditTermSink sink) : IAuditTokenSink
    {
        public void Add(AuditToken token, ReadOnlySpan<byte> text)
        {
            if (token == AuditToken.Id) Exact(text, AuditTerms.Text, sink);
            else sink.Add(AuditTerms.Text, AuditTerms.Cut(text));
        }
    }
}
