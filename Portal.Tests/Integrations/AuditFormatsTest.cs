using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Hexabase.Portal.Audit;
using Hexabase.Portal.Integrations.Siem;
using Hexabase.Portal.Support;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Integrations;

/// <summary>The formats against the published rules and examples.</summary>
public sealed partial class AuditFormatsTest
{
    [GeneratedRegex("^<(0|[1-9]\\d?|1[0-8]\\d|19[01])>1 (-|\\d{4}-(0[1-9]|1[0-2])-([0-2]\\d|3[01])T([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d{1,6})?(Z|[+-]([01]\\d|2[0-3]):[0-5]\\d)) (-|[!-~]{1,255}) (-|[!-~]{1,48}) (-|[!-~]{1,128}) (-|[!-~]{1,32}) (-|(\\[[!#-<>-\\\\^-~]{1,32}( [!#-<>-\\\\^-~]{1,32}=\"([^\"\\\\\\]]|\\\\[\\s\\S])*\")*\\])+)( [\\s\\S]*)?$", RegexOptions.None, 1000)]
    private static partial Regex Rfc5424();

    [Fact]
    public void Escaping_FollowsTheVectors()
    {
        foreach (var row in Vectors().GetProperty("rows").EnumerateArray())
        {
            var value = row.GetProperty("value").GetString()!;
            Text(w => CefFormat.AppendHeader(value, w)).ShouldBe(row.GetProperty("cef_header").GetString());
            Text(w => CefFormat.AppendExtension(value, w)).ShouldBe(row.GetProperty("cef_extension").GetString());
            Text(w => Rfc5424Format.AppendParameterValue(value, w)).ShouldBe(row.GetProperty("rfc5424_sd_param").GetString());
        }
    }

    [Fact]
    public void TheTestsOwnGrammar_KnowsGoodFromBad()
    {
        foreach (var good in Vectors().GetProperty("rfc5424_valid_examples").EnumerateArray()) Rfc5424().IsMatch(good.GetString()!).ShouldBeTrue(good.GetString());
        foreach (var bad in Vectors().GetProperty("rfc5424_invalid").EnumerateArray()) Rfc5424().IsMatch(bad.GetString()!).ShouldBeFalse(bad.GetString());
    }

    [Fact]
    public void Rfc5424_IsWellFormed_WhateverTheValues()
    {
        foreach (var row in Nasty())
        {
            var text = Write(AuditFormats.Find("rfc5424")!, row);
            Rfc5424().IsMatch(text).ShouldBeTrue(text);
            text.ShouldContain("\ufeff");
            text[(text.IndexOf('\ufeff', StringComparison.Ordinal) + 1)..].ShouldNotContain("\n");
        }
    }

    [Fact]
    public void Rfc5424_NumbersAndNamesAnEvent()
    {
        var audited = AuditEvent.Of(AuditRows.Of(0, AuditStatus.Failure, "no"), Guid.Empty, "live", 2147483648, true, null);
        var text = Text(w => new Rfc5424Format(new SyslogHeader("höst name", Facility: 13)).Write(audited, w));
        text.ShouldStartWith("<108>1 2026-05-01T09:00:00.000000Z hstname hexabase-portal ");
        text.ShouldContain(" budget.change [meta sequenceId=\"1\"][audit@32473 sequence=\"2147483648\" stream=\"live\" replay=\"true\" recorded_at=");
        text.ShouldContain(" id=\"0197d5f5-0000-7000-8000-000000000000\"");
        text.ShouldEndWith("\ufeffmori@example.com budget.change budget/b-0 (Monthly cloud spend) failure: no");
    }

    [Fact]
    public void Cef_KeepsItsShape_WhateverTheValues()
    {
        foreach (var row in Nasty())
        {
            var text = Write(AuditFormats.Find("cef")!, row);
            text.ShouldNotContain("\n");
            text.ShouldNotContain("\r");
            Regex.Split(text, @"(?<!\\)(?:\\\\)*\|", RegexOptions.None, TimeSpan.FromSeconds(1)).Length.ShouldBeGreaterThanOrEqualTo(8, text);
        }

        Write(AuditFormats.Find("cef")!, AuditRows.Of(1)).ShouldContain("|budget.change|budget.change budget/b-1|3|rt=1777626000001 cn2Label=index cn2=1 src=192.0.2.7 externalId=");
    }

    [Fact]
    public void Ocsf_HasTheRequiredAttributes()
    {
        foreach (var (action, kind, classId, activity) in new[]
        {
            ("budget.change", "budget", 6003, 3), ("budget.create", "budget", 6003, 1), ("audit.searchAudit", "audit", 6003, 2), ("token.revoke", "token", 6003, 4), ("session.signIn", "session", 3002, 1),
            ("session.signOut", "session", 3002, 2), ("ConsoleLogin", "account", 3002, 1), ("user.deactivate", "user", 3001, 5), ("member.remove", "member", 3001, 6), ("user.create", "user", 3001, 1),
        })
        {
            var ocsf = JsonElement.Parse(Write(AuditFormats.Find("ocsf")!, AuditRows.Of(3, action: action) with { ResourceKind = kind }));
            ocsf.GetProperty("class_uid").GetInt32().ShouldBe(classId, action);
            ocsf.GetProperty("activity_id").GetInt32().ShouldBe(activity, action);
            ocsf.GetProperty("type_uid").GetInt64().ShouldBe((classId * 100L) + activity);
            ocsf.GetProperty("category_uid").GetInt32().ShouldBe(classId / 1000);
            ocsf.GetProperty("time").GetInt64().ShouldBe(1777626000003);
            ocsf.GetProperty("severity_id").GetInt32().ShouldBe(1);
            ocsf.GetProperty("status_id").GetInt32().ShouldBe(1);
            ocsf.GetProperty("metadata").GetProperty("uid").GetString().ShouldBe(AuditRows.Of(3).Id.ToString());
            ocsf.GetProperty("metadata").GetProperty("version").GetString().ShouldBe("1.3.0");
            ocsf.GetProperty("metadata").GetProperty("product").GetProperty("vendor_name").GetString().ShouldBe("Hexabase");
            if (classId == 6003)
            {
                ocsf.GetProperty("api").GetProperty("operation").GetString().ShouldBe(action);
                ocsf.GetProperty("actor").GetProperty("user").GetProperty("name").GetString().ShouldBe("mori@example.com");
                ocsf.GetProperty("src_endpoint").GetProperty("ip").GetString().ShouldBe("192.0.2.7");
            }
            else
            {
                ocsf.TryGetProperty("user", out _).ShouldBeTrue();
            }
        }
    }

    [Fact]
    public void Json_UsesTheNamesOfTheSpecification_OnOneLine()
    {
        foreach (var row in Nasty())
        {
            foreach (var name in new[] { "json", "ocsf" })
            {
                var text = Write(AuditFormats.Find(name)!, row);
                text.ShouldNotContain("\n");
                JsonElement.Parse(text).ValueKind.ShouldBe(JsonValueKind.Object);
            }
        }

        var json = JsonElement.Parse(Write(AuditFormats.Find("json")!, AuditRows.Of(7)));
        foreach (var name in new[] { "timestamp", "tenant_id", "user_id", "action", "resource", "old_value", "new_value", "ip_address", "status" }) json.TryGetProperty(name, out _).ShouldBeTrue(name);
        json.GetProperty("old_value").GetProperty("monthlyLimit").GetString().ShouldBe("1000.00");
        json.GetProperty("index").GetInt64().ShouldBe(7);
        json.TryGetProperty("reason", out _).ShouldBeFalse();
    }

    [Fact]
    public void Hec_CarriesTimeAndNumberBesideTheEvent()
    {
        var audited = AuditEvent.Of(AuditRows.Of(1), Guid.Empty, "live", 42, false, null);
        var hec = JsonElement.Parse(Text(w => new HecFormat(new HecMetadata(Index: "audit"), new JsonFormat()).Write(audited, w)));
        hec.GetProperty("time").GetRawText().ShouldBe("1777626000.001");
        hec.GetProperty("index").GetString().ShouldBe("audit");
        hec.GetProperty("event").GetProperty("sequence").GetInt64().ShouldBe(42);
        hec.GetProperty("fields").GetProperty("event_id").GetString().ShouldBe(AuditRows.Of(1).Id.ToString());
    }

    [Theory]
    [InlineData("json", 2048)]
    [InlineData("cef", 2048)]
    [InlineData("ocsf", 3000)]
    [InlineData("rfc5424", 2048)]
    public void LongEntries_AreCutToFit_AndSaySo(string format, int max)
    {
        var row = AuditRows.Of(1, AuditStatus.Failure, new string('"', 900_000)) with { NewValue = JsonElement.Parse(JsonSerializer.Serialize(new { text = new string('漢', 50_000) })) };
        var bytes = new SinkEncoder(AuditFormats.Find(format)!, max).Encode(AuditEvent.Of(row)).ToArray();
        bytes.Length.ShouldBeLessThanOrEqualTo(max);
        var text = new UTF8Encoding(false, true).GetString(bytes);
        text.ShouldContain("reason");
        text.ShouldContain("new_value");
        text.ShouldContain(row.Id.ToString());
    }

    [Fact]
    public void Redaction_DropsMasksHashesAndRenames()
    {
        var rules = new Dictionary<string, FieldRule> { ["ip_address"] = new(FieldTreatment.Drop), ["actor_name"] = new(FieldTreatment.Hash, "who"), ["new_value"] = new(FieldTreatment.Mask), ["resource_id"] = new(FieldTreatment.Mask) };
        var redaction = new SinkRedaction(rules, Convert.ToBase64String(new byte[32]));
        var audited = AuditEvent.Of(AuditRows.Of(1), null, null, null, false, redaction.Names);
        redaction.Apply(audited);
        foreach (var format in new IAuditEventFormat[] { new JsonFormat(), new CefFormat(), new OcsfFormat(), new Rfc5424Format(new SyslogHeader()) })
        {
            var text = Text(w => format.Write(audited, w));
            text.ShouldNotContain("mori@example.com");
            text.ShouldNotContain("192.0.2.7");
            text.ShouldNotContain("1200.00");
            text.ShouldNotContain("b-1");
            text.ShouldContain("who");
        }
    }

    [Fact]
    public void Framing_CountsOctets_OrEscapesLineBreaks()
    {
        var message = Encoding.UTF8.GetBytes("a\nb\r漢");
        Text(w => SyslogFrame.Write(message, SyslogFraming.OctetCounting, w)).ShouldBe("7 a\nb\r漢");
        Text(w => SyslogFrame.Write(message, SyslogFraming.LineFeed, w)).ShouldBe("a#012b#015漢\n");
    }

    private static IEnumerable<AuditEntryRow> Nasty()
    {
        foreach (var text in new[] { "a|b=c\\d\"e]f\r\ng", "\u202etxt.exe\u0000\u0007", "\ud800 lone", "日本語 🏢", "\u2028\u2029\u0085", "[x@1 y=\"z\"]", "CEF:0|x|y|z|1|n|5|src=1.1.1.1" })
            yield return AuditRows.Of(1) with { ActorName = text, ResourceName = text, ResourceId = text, Reason = text, IpAddress = text, UserAgent = text, Action = text.Length > 3 ? text : "x", RequestId = text };
    }

    private static JsonElement Vectors() => JsonElement.Parse(File.ReadAllText(SharedData.PathOrSkip("vectors/siem/escaping-dev.json")));

    private static string Write(IAuditFormat format, AuditEntryRow row) => Text(w => format.Write(row, w));

    private static string Text(Action<IBufferWriter<byte>> write)
    {
        var into = new ArrayBufferWriter<byte>();
        write(into);
        return Encoding.UTF8.GetString(into.WrittenSpan);
    }
}
