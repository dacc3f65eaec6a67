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

    public void Read(in AuditIndexed entry, IAuditTermSink sink)
    {
        var facts = entry.Facts;
        sink.Add(AuditTerms.Every, default);
        Text(entry.ActorName, AuditTerms.Actor, sink);
        Id(facts.UserId, AuditTerms.Actor, sink);
        Text(facts.Action, AuditTerms.Action, sink);
        Text(facts.ResourceKind, AuditTerms.Resource, sink);
        Exact(facts.ResourceKind, AuditTerms.Kind, sink);
        Exact(facts.ActorKind, AuditTerms.Kind, sink);
        Text(facts.ResourceId, AuditTerms.Resource, sink);
        Text(entry.ResourceName, AuditTerms.Resource, sink);
        Id(facts.WorkspaceId, AuditTerms.Workspace, sink);
        sink.Add(AuditTerms.Status, facts.Status == AuditStatus.Success ? "success"u8 : "failure"u8);
        Text(entry.Actor?.IpAddress, AuditTerms.Ip, sink);
        Address(entry.Actor?.IpAddress, sink);
        Text(facts.Source, AuditTerms.Source, sink);
        Text(facts.Reason, 0, sink);
        Text(entry.Actor?.UserAgent, 0, sink);
        Text(facts.RequestId, 0, sink);
        Text(facts.Permission, 0, sink);
        Text(facts.SourceId, 0, sink);
        Json(entry.OldValue, sink);
        Json(entry.NewValue, sink);
        Id(facts.Id, 0, sink);
        Id(facts.SessionId, 0, sink);
        Id(facts.OperationId, 0, sink);
        Id(facts.ApproverId, 0, sink);
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

    private void Json(string? json, IAuditTermSink sink)
    {
        if (json is null) return;
        if (!json.Contains('\\'))
        {
            AuditFold.Grow(ref _buffer, json.Length);
            // Without escapes the marks of JSON separate the same words that its strings hold.
            if (Ascii.ToLower(json, _buffer, out var written) == OperationStatus.Done)
            {
                Tokens(_buffer.AsSpan(0, written), sink);
                return;
            }
        }

        Tokens(Folded(Flat(Encoding.UTF8.GetBytes(json))), sink);
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
