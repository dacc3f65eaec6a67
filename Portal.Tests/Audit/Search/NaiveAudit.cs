using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Hexabase.Portal.Audit.Search;

/// <summary>What a search means, said as plainly as possible and without a line of the index's code: one entry, one query, yes or no.</summary>
internal static partial class NaiveAudit
{
    private const string Cjk = @"\u3005-\u3007\u3040-\u30FA\u30FC-\u30FF\u31F0-\u31FF\u3400-\u4DBF\u4E00-\u9FFF\uF900-\uFAFF";

    [GeneratedRegex($@"(?<cjk>[{Cjk}]+)|(?<run>[\p{{L}}\p{{Nd}}\p{{Nl}}\p{{Mn}}\p{{Mc}}-[{Cjk}]]+(?:[._-][\p{{L}}\p{{Nd}}\p{{Nl}}\p{{Mn}}\p{{Mc}}-[{Cjk}]]+)*)", RegexOptions.None, 1000)]
    private static partial Regex Pieces();

    [GeneratedRegex("^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$", RegexOptions.None, 1000)]
    private static partial Regex Uuid();

    public static bool Matches(AuditEntryRow entry, IReadOnlyList<AuditTerm> query) => query.All(t => t.Values.Any(v => Matches(entry, t.Qualifier, v)) != t.IsNegated);

    private static bool Matches(AuditEntryRow e, string? qualifier, AuditValue value)
    {
        var text = Fold(value.Text);
        switch (qualifier)
        {
            case null: return Free(e, value, text);
            case "after": return e.Timestamp >= Time(value.Text);
            case "before": return e.Timestamp < Time(value.Text);
            case "status": return e.Status.ToString().Equals(text, StringComparison.OrdinalIgnoreCase);
            case "ip" when text.Contains('/', StringComparison.Ordinal): return e.IpAddress is { Length: > 1 } ip && IPAddress.TryParse(ip, out var address) && Network(text).Contains(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
            case "resource" when text.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash && !value.IsPrefix && Resource(e).Contains(text[..slash]) && Resource(e).Contains(text[(slash + 1)..]): return true;
        }

        string?[] fields = qualifier switch
        {
            "actor" => [e.ActorName, e.UserId == Guid.Empty ? null : e.UserId.ToString()],
            "action" => [e.Action],
            "resource" => [e.ResourceKind, e.ResourceId, e.ResourceName],
            "workspace" => [e.Workspace?.ToString()],
            "ip" => [e.IpAddress],
            "kind" => [e.ActorKind, e.ResourceKind],
            "source" => [e.Source],
            _ => throw new ArgumentOutOfRangeException(nameof(qualifier)),
        };
        return fields.Any(f => !string.IsNullOrEmpty(f) && (value.IsPrefix ? Fold(f).StartsWith(text, StringComparison.Ordinal) : Fold(f) == text));
    }

    private static IEnumerable<string> Resource(AuditEntryRow e) => new[] { e.ResourceKind, e.ResourceId, e.ResourceName }.OfType<string>().Select(Fold);

    private static IPNetwork Network(string text) => text.StartsWith("::ffff:", StringComparison.Ordinal) ? IPNetwork.Parse(text[7..].Replace("/120", "/24", StringComparison.Ordinal)) : IPNetwork.Parse(text);

    private static bool Free(AuditEntryRow entry, AuditValue value, string text)
    {
        var texts = Texts(entry).Select(Fold).ToList();
        var words = texts.SelectMany(Words).ToHashSet(StringComparer.Ordinal);
        var asked = Pieces().Matches(text).SelectMany(m => m.Groups["cjk"].Success && m.Length > 1 ? Enumerable.Range(0, m.Length - 1).Select(i => m.Value.Substring(i, 2)) : [m.Value]).ToList();
        if (value.IsPrefix && text.Length == 0) return true;
        if (value.IsQuoted && asked.Count > 1)
        {
            var phrase = Sequence(text).ToList();
            return texts.Any(t => Holds(Sequence(t).ToList(), phrase));
        }

        if (!value.IsPrefix) return asked.All(words.Contains);
        var beginning = text[^1] is '.' or '-' or '_' ? asked[^1] + text[^1] : text.EndsWith(asked[^1], StringComparison.Ordinal) ? asked[^1] : null;
        if (beginning is null) return asked.All(words.Contains);
        return asked.SkipLast(1).All(words.Contains) && words.Any(w => w.StartsWith(beginning, StringComparison.Ordinal));
    }

    private static bool Holds(List<string> words, List<string> phrase) => Enumerable.Range(0, Math.Max(0, words.Count - phrase.Count + 1)).Any(i => words.Skip(i).Take(phrase.Count).SequenceEqual(phrase));

    private static IEnumerable<string> Words(string text)
    {
        foreach (Match m in Pieces().Matches(text))
        {
            yield return m.Value;
            if (m.Groups["cjk"].Success)
            {
                for (var i = 0; i < m.Length; i++)
                {
                    yield return m.Value[i].ToString();
                    if (i > 0) yield return m.Value.Substring(i - 1, 2);
                }
            }
            else if (!Uuid().IsMatch(m.Value))
            {
                foreach (var word in m.Value.Split('.', '-', '_')) yield return word;
            }
        }
    }

    private static IEnumerable<string> Sequence(string text)
    {
        foreach (Match m in Pieces().Matches(text))
        {
            if (m.Groups["cjk"].Success) foreach (var c in m.Value) yield return c.ToString();
            else if (Uuid().IsMatch(m.Value)) yield return m.Value;
            else foreach (var word in m.Value.Split('.', '-', '_')) yield return word;
        }
    }

    private static IEnumerable<string> Texts(AuditEntryRow e)
    {
        string?[] plain = [e.ActorName, e.Action, e.ResourceKind, e.ResourceId, e.ResourceName, e.IpAddress, e.Source, e.Reason, e.UserAgent, e.RequestId, e.Permission, e.SourceId];
        Guid?[] ids = [e.UserId, e.Id, e.Workspace, e.Session, e.Operation, e.Approver];
        return plain.OfType<string>().Concat(ids.Where(i => i is not null && i != Guid.Empty).Select(i => i.ToString()!)).Concat(new[] { e.OldValue, e.NewValue }.OfType<JsonElement>().Select(Flat));
    }

    private static string Flat(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => string.Join('\n', json.EnumerateObject().Select(p => p.Name + "\n" + Flat(p.Value))),
        JsonValueKind.Array => string.Join('\n', json.EnumerateArray().Select(Flat)),
        JsonValueKind.String => json.GetString()!,
        _ => json.GetRawText(),
    };

    private static string Fold(string text) => text.Normalize(NormalizationForm.FormKC).ToLowerInvariant();

    private static DateTime Time(string text) => DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal);
}
