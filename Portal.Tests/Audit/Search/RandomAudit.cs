using System.Globalization;
using System.Text.Json;

namespace Hexabase.Portal.Audit.Search;

/// <summary>Entries and queries over a small vocabulary, so that much matches much.</summary>
internal sealed class RandomAudit(int seed)
{
    private static readonly string[] Words = ["alpha", "Beta", "iam.amazonaws.com", "login-failed", "a_b", "ＷＩＤＥ", "café", "財務", "財務部門", "ｶﾀｶﾅ", "カタカナ", "データ移行", "x", "10", "budget.create", "Budget.Delete", "user/alice", "i-0abc", "10.0.0.1", "Straße", "東", "q1.report-final", "日本語テスト", "aws財務x"];
    private static readonly string[] Actors = ["alice@example.com", "Bob Smith", "森 太郎", "system:jobs", "AROA123:session", "ＡＬＩＣＥ"];
    private static readonly string[] Actions = ["budget.create", "budget.delete", "token.create", "iam.amazonaws.com/CreateUser", "sign-in"];
    private static readonly string[] Kinds = ["budget", "token", "user", "workspace"];
    private static readonly string[] Ips = ["10.0.0.1", "10.0.3.200", "192.0.2.7", "2001:db8::1", "2001:DB8:ffff::2", "cloudtrail.amazonaws.com", "::ffff:10.0.0.9", "1"];
    private static readonly string[] Sources = ["portal", "cloudtrail", "okta"];
    public static readonly Guid[] Ids = [.. Enumerable.Range(1, 12).Select(i => new Guid(i * 7919, (short)i, 3, 1, 2, 3, 4, 5, 6, 7, (byte)i))];
    private static readonly DateTime Start = new(2026, 3, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly Random _random = new(seed);

    public int Next(int max) => _random.Next(max);

    public AuditEntryRow Entry(long? index)
    {
        var kind = One(Kinds);
        var id = _random.Next(3) == 0 ? null : _random.Next(2) == 0 ? One(Ids).ToString() : One(Words);
        // Not in order of time, and with equal times.
        var time = Start.AddSeconds(_random.Next(40) == 0 ? _random.Next(2_000_000) : ((index ?? 5000) / 3) * 60);
        var entryId = new Guid((int)(index ?? _random.Next()), 1, 2, [9, 8, 7, 6, 5, 4, 3, (byte)_random.Next(256)]);
        return new AuditEntryRow(entryId, index ?? 0, time, Guid.Empty, One(Ids), One(Actors), One(["person", "token"]), One(Actions), id is null ? kind : $"{kind}/{id}", kind, id,
            Maybe(Words), _random.Next(3) == 0 ? null : One(Ids[..4]), Json(), Json(), Maybe(Ips), One([AuditStatus.Success, AuditStatus.Success, AuditStatus.Failure]), Maybe([Text(), Text()]), null, MaybeId(), Maybe(["req-1", "req-2"]),
            MaybeId(), Maybe(["aws-cli/2.15.0 Python/3.11", "Mozilla/5.0 (X11)"]), Maybe(["budgets:write"]), null, null, One(Sources), index);
    }

    /// <summary>A query as a person would type it, often of words that occur.</summary>
    public string Query() => string.Join(' ', Enumerable.Range(0, 1 + _random.Next(3)).Select(_ => (_random.Next(5) == 0 ? "-" : "") + Term()));

    private string Term()
    {
        switch (_random.Next(14))
        {
            case 0: return "actor:" + List(() => Cut(_random.Next(3) == 0 ? One(Ids).ToString() : One(Actors)));
            case 1: return "action:" + List(() => Cut(One(Actions)));
            case 2: return "resource:" + List(() => Cut(_random.Next(4) == 0 ? $"{One(Kinds)}/{One(Words)}" : _random.Next(3) == 0 ? One(Ids).ToString() : One(Words)));
            case 3: return "workspace:" + List(() => One(Ids).ToString());
            case 4: return "status:" + One(["success", "failure", "success,failure"]);
            case 5: return "ip:" + List(() => One(["10.0.0.0/8", "10.0.0.0/22", "2001:db8::/33", "0.0.0.0/0", "::ffff:10.0.0.0/120", "cloudtrail.amazonaws.com", "10.0.0.1", "10.*", "1"]));
            case 6: return "kind:" + List(() => Cut(One(["person", "token", "budget"])));
            case 7: return "source:" + List(() => Cut(One(Sources)));
            case 8: return (_random.Next(2) == 0 ? "after:" : "before:") + Start.AddSeconds(_random.Next(100_000)).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
            case 9: return $"\"{Text()}\"";
            case 10: return Free(One(Ids).ToString());
            default: return Free(One(Words));
        }
    }

    private string Free(string word) => _random.Next(3) == 0 ? word[..(1 + _random.Next(word.Length))] + "*" : word;

    private string List(Func<string> value) => string.Join(',', Enumerable.Range(0, 1 + _random.Next(2)).Select(_ => value()));

    private string Cut(string value) => _random.Next(3) == 0 ? value[..(1 + _random.Next(value.Length))].Replace(' ', 'z') + "*" : $"\"{value}\"";

    private string Text() => string.Join(One([" ", " ", "/", ", "]), Enumerable.Range(0, 1 + _random.Next(4)).Select(_ => One(Words)));

    private JsonElement? Json() => _random.Next(4) switch
    {
        0 => null,
        1 => JsonSerializer.SerializeToElement(new { name = One(Words), limit = _random.Next(20), tags = new[] { One(Words), Text() } }),
        2 => JsonElement.Parse($"{{\"name\":\"{One(Words)}\",\"deep\":{{\"on\":true,\"id\":\"{One(Ids)}\",\"n\":-1.5}}}}"),
        _ => JsonElement.Parse($"{{\"plain\":\"{One(["alpha", "Beta", "login-failed"])}\",\"quote\":\"a\\\"b\\u8ca1\\u52d9\"}}"),
    };

    private Guid? MaybeId() => _random.Next(2) == 0 ? null : One(Ids);

    private string? Maybe(string[] values) => _random.Next(3) == 0 ? null : One(values);

    private T One<T>(T[] values) => values[_random.Next(values.Length)];
}
