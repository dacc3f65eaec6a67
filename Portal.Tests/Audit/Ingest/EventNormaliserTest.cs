using System.Globalization;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Hexabase.Portal.Support;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Audit.Ingest;

public sealed class EventNormaliserTest
{
    private static readonly DateTime Now = OutsideSamples.Now;

    private static OutsideEvent Read(string source, string json) => Read(source, Encoding.UTF8.GetBytes(json));

    private static OutsideEvent Read(string source, byte[] json)
    {
        EventSources.Find(source)!.TryRead(json, Now, out var read, out var refusal).ShouldBeTrue(refusal?.ToString());
        return read!;
    }

    private static string Refused(string source, string json)
    {
        EventSources.Find(source)!.TryRead(Encoding.Latin1.GetBytes(json), Now, out var read, out var refusal).ShouldBeFalse();
        read.ShouldBeNull();
        return refusal!.Code;
    }

    [Fact]
    public void CloudTrail_EveryRealEvent_IsTakenAndFailsOnlyWithAnErrorCode()
    {
        var lines = OutsideSamples.CloudTrail();
        lines.Count.ShouldBe(1450);
        var ids = new HashSet<string>();
        foreach (var line in lines)
        {
            var read = Read("cloudtrail", line);
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            var failed = root.TryGetProperty("errorCode", out var code) && code.GetString() is { Length: > 0 };
            read.Status.ShouldBe(failed ? AuditStatus.Failure : AuditStatus.Success, Encoding.UTF8.GetString(line));
            if (failed) read.Reason.ShouldNotBeNull().ShouldStartWith(code.GetString()!);
            read.Action.ShouldBe(root.GetProperty("eventName").GetString());
            read.SourceId.ShouldBe(root.GetProperty("eventID").GetString());
            read.IpAddress.ShouldBe(root.GetProperty("sourceIPAddress").GetString());
            read.OccurredAtUtc.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture).ShouldBe(root.GetProperty("eventTime").GetString());
            read.ActorName.ShouldNotBeNullOrEmpty();
            read.Original.Span.SequenceEqual(line).ShouldBeTrue();
            ids.Add(read.SourceId).ShouldBeTrue();
        }
    }

    [Fact]
    public void CloudTrail_AttackEvents_AreTaken()
    {
        var folder = SharedData.PathOrSkip("data/audit/attack-detonations");
        var count = 0;
        foreach (var file in Directory.GetFiles(folder).Select(Path.GetFileName))
        {
            foreach (var line in OutsideSamples.Lines($"data/audit/attack-detonations/{file}"))
            {
                Read("cloudtrail", line).ActorName.ShouldNotBeNullOrEmpty();
                count++;
            }
        }

        count.ShouldBe(142);
    }

    [Theory]
    [InlineData("cloudtrail", "AWS.CloudTrail", 229)]
    [InlineData("azure", "Azure.MonitorActivity", 103)]
    [InlineData("azure", "Azure.Audit", 25)]
    [InlineData("gcp", "GCP.AuditLog", 83)]
    [InlineData("kubernetes", "Amazon.EKS.Audit", 3)]
    [InlineData("okta", "Okta.SystemLog", 30)]
    [InlineData("github", "GitHub.Audit", 48)]
    public void LabelledEvents_AreTaken_UnlessTheyCarryNoTimeOrNoAction(string source, string logType, int count)
    {
        var events = OutsideSamples.Labelled(logType);
        events.Count.ShouldBe(count);
        var refused = new List<string>();
        foreach (var line in events)
        {
            if (EventSources.Find(source)!.TryRead(line, Now, out var read, out var refusal))
            {
                read.Action.ShouldNotBeEmpty();
                read.ResourceKind.ShouldNotBeEmpty();
                read.SourceId.ShouldNotBeEmpty();
                if (read.NewValue is { } value) JsonElement.Parse(value);
                if (read.OldValue is { } old) JsonElement.Parse(old);
            }
            else
            {
                // The labelled set is made of cut-down events; only what was cut (or replaced by dots) may be missing.
                refusal.Code.ShouldBeOneOf("event.time.missing", "event.time.unreadable", "event.action.missing");
                refused.Add(Encoding.UTF8.GetString(line));
            }
        }

        refused.Count.ShouldBeLessThanOrEqualTo(count * 3 / 10, string.Join('\n', refused));
    }

    [Fact]
    public void CloudTrail_RolesServicesAndConsole()
    {
        var read = Read("cloudtrail", """{"eventTime":"2026-01-02T03:04:05Z","eventID":"e","eventName":"ConsoleLogin","eventSource":"signin.amazonaws.com","sourceIPAddress":"ec2.amazonaws.com","userIdentity":{"type":"AssumedRole","arn":"arn:aws:sts::1:assumed-role/Admin/ann"},"errorMessage":"Failed authentication","responseElements":{"ConsoleLogin":"Failure"}}""");
        (read.ActorName, read.ActorKind, read.Status, read.Reason, read.IpAddress, read.ResourceKind).ShouldBe(("Admin/ann", "serviceAccount", AuditStatus.Failure, "Failed authentication", "ec2.amazonaws.com", "signin"));
        read = Read("cloudtrail", """{"eventTime":"2026-01-02T03:04:05Z","eventName":"GetSecretValue","eventSource":"secretsmanager.amazonaws.com","userIdentity":{"type":"AWSService","invokedBy":"config.amazonaws.com"},"requestParameters":{"secretId":"db"},"errorCode":"AccessDenied","errorMessage":"no"}""");
        (read.ActorName, read.ActorKind, read.Reason, read.ResourceId, read.NewValue).ShouldBe(("config.amazonaws.com", "system", "AccessDenied: no", "db", """{"secretId":"db"}"""));
        read.SourceId.ShouldStartWith("sha256:");
    }

    [Fact]
    public void Kubernetes_ARequestIsOneEventAStage_AndSecretsStayHidden()
    {
        var read = Read("kubernetes", """{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Request","auditID":"a-1","stage":"ResponseComplete","requestURI":"/api/v1/namespaces/web/secrets","verb":"create","user":{"username":"system:serviceaccount:web:bot"},"impersonatedUser":{"username":"ann"},"sourceIPs":["10.1.2.3","10.0.0.1"],"userAgent":"kubectl","objectRef":{"resource":"secrets","namespace":"web","name":"db"},"responseStatus":{"code":403,"reason":"Forbidden","message":"secrets is forbidden"},"requestObject":{"data":{"password":"aHVudGVyMg=="}},"requestReceivedTimestamp":"2026-01-02T03:04:05.123456Z","stageTimestamp":"2026-01-02T03:04:05.654321Z"}""");
        (read.SourceId, read.Action, read.ResourceKind, read.ResourceId, read.ResourceName).ShouldBe(("a-1/ResponseComplete", "secrets.create", "secrets", "web/db", "db"));
        (read.ActorKind, read.ActorName, read.Status, read.Reason).ShouldBe(("serviceAccount", "system:serviceaccount:web:bot (as ann)", AuditStatus.Failure, "secrets is forbidden"));
        (read.IpAddress, read.UserAgent, read.RequestId).ShouldBe(("10.1.2.3", "kubectl", "a-1"));
        read.OccurredAtUtc.ShouldBe(new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc).AddMicroseconds(654321));
        read.NewValue.ShouldNotBeNull().ShouldNotContain("aHVudGVyMg");
        Read("kubernetes", """{"auditID":"b","stage":"RequestReceived","verb":"get","requestURI":"/healthz?x=1","user":{"username":"system:anonymous"},"requestReceivedTimestamp":"2026-01-02T03:04:05Z"}""").Action.ShouldBe("url.get");
    }

    [Fact]
    public void Others_Failures_AreFailures()
    {
        Read("okta", """{"uuid":"u","published":"2026-01-02T03:04:05.000Z","eventType":"user.session.start","actor":{"type":"User","alternateId":"ann@example.test"},"outcome":{"result":"FAILURE","reason":"INVALID_CREDENTIALS"},"client":{"ipAddress":"192.0.2.1","userAgent":{"rawUserAgent":"ua"}},"target":[{"type":"AppInstance","id":"1","displayName":"Wiki"}]}""")
            .ShouldSatisfyAllConditions(r => r.Status.ShouldBe(AuditStatus.Failure), r => r.Reason.ShouldBe("INVALID_CREDENTIALS"), r => r.ActorName.ShouldBe("ann@example.test"), r => r.ResourceName.ShouldBe("Wiki"), r => r.SourceId.ShouldBe("u"));
        Read("azure", """{"time":"2026-01-02T03:04:05.1234567Z","operationName":"Sign-in activity","category":"SignInLogs","resultType":"50126","resultDescription":"Invalid username or password","callerIpAddress":"192.0.2.1","properties":{"id":"s-1","createdDateTime":"2026-01-02T03:04:05Z","userPrincipalName":"ann@example.test"}}""")
            .ShouldSatisfyAllConditions(r => r.Status.ShouldBe(AuditStatus.Failure), r => r.SourceId.ShouldBe("s-1"), r => r.ActorName.ShouldBe("ann@example.test"), r => r.Reason.ShouldBe("Invalid username or password"));
        Read("azure", """{"time":"2026-01-02T03:04:05Z","operationName":{"value":"Microsoft.Storage/x/write"},"status":{"value":"Failed"},"resourceId":"/subscriptions/1/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/acc","caller":"ann@example.test"}""")
            .ShouldSatisfyAllConditions(r => r.Status.ShouldBe(AuditStatus.Failure), r => r.ResourceKind.ShouldBe("Microsoft.Storage/storageAccounts"), r => r.ResourceName.ShouldBe("acc"), r => r.ActorName.ShouldBe("ann@example.test"));
        Read("gcp", """{"insertId":"i","logName":"projects/p/logs/l","timestamp":"2026-01-02T03:04:05.123456789Z","resource":{"type":"gcs_bucket"},"protoPayload":{"methodName":"storage.buckets.get","authenticationInfo":{"principalEmail":"x@p.iam.gserviceaccount.com"},"resourceName":"projects/_/buckets/b","status":{"code":7,"message":"PERMISSION_DENIED"},"requestMetadata":{"callerIp":"192.0.2.1"}}}""")
            .ShouldSatisfyAllConditions(r => r.Status.ShouldBe(AuditStatus.Failure), r => r.ActorKind.ShouldBe("serviceAccount"), r => r.ResourceName.ShouldBe("b"), r => r.SourceId.ShouldBe("i/2026-01-02T03:04:05.123456789Z/projects/p/logs/l"), r => r.Reason.ShouldBe("PERMISSION_DENIED"));
        Read("github", """{"_document_id":"d","@timestamp":1767323045123,"action":"repo.access","actor":"ann","repo":"o/r","visibility":"public","previous_visibility":"private","actor_ip":"192.0.2.1"}""")
            .ShouldSatisfyAllConditions(r => r.OccurredAtUtc.ShouldBe(new DateTime(2026, 1, 2, 3, 4, 5, 123, DateTimeKind.Utc)), r => r.OldValue.ShouldBe("""{"visibility":"private"}"""), r => r.NewValue.ShouldBe("""{"visibility":"public"}"""), r => r.ResourceId.ShouldBe("o/r"));
    }

    [Theory]
    [InlineData("", "json.malformed")]
    [InlineData("x", "json.malformed")]
    [InlineData("{\"a\":1", "json.malformed")]
    [InlineData("{\"a\":01}", "json.malformed")]
    [InlineData("[]", "json.notObject")]
    [InlineData("12", "json.notObject")]
    [InlineData("{\"a\":1,\"a\":2}", "json.duplicateKey")]
    [InlineData("{\"x\":{\"a\":1,\"\\u0061\":2}}", "json.duplicateKey")]
    [InlineData("{\"a\":\"\xff\xfe\"}", "json.encoding")]
    [InlineData("{\"a\":\"\0\"}", "json.malformed")]
    [InlineData("{\"time\":\"2026-01-01T00:00:00Z\"}", "event.action.missing")]
    [InlineData("{\"action\":\"x\"}", "event.time.missing")]
    [InlineData("{\"action\":\"x\",\"time\":\"yesterday\"}", "event.time.unreadable")]
    [InlineData("{\"action\":\"x\",\"time\":\"1969-12-31T23:59:59Z\"}", "event.time.range")]
    [InlineData("{\"action\":\"x\",\"time\":\"2026-11-21T12:00:01Z\"}", "event.time.range")]
    public void WhatCannotBeAnEvent_IsRefusedWithItsReason(string json, string code) => Refused("generic", json).ShouldBe(code);

    [Fact]
    public void Nesting_Of64IsTaken_Of65IsNot()
    {
        Read("generic", Nested(63)).Action.ShouldBe("x");
        Refused("generic", Nested(64)).ShouldBe("json.depth");
        Refused("generic", new string('[', 500_000)).ShouldBe("json.malformed");
        Refused("generic", $"{{\"a\":\"{new string('x', EventJson.MaxBytes)}\"}}").ShouldBe("json.tooLong");

        static string Nested(int arrays) => $$"""{"action":"x","time":"2026-01-01T00:00:00Z","a":{{new string('[', arrays)}}{{new string(']', arrays)}}}""";
    }

    [Fact]
    public void HiddenCharacters_AreKeptInTheOriginal_AndVisibleInTheText()
    {
        const string Json = "{\"action\":\"dele\\u202Ete\",\"time\":\"2026-01-01T00:00:00Z\",\"actor\":\"a\\u0000b\u202Ec\\ud800d\",\"reason\":\"two\\nlines\\u001b[31m\",\"new_value\":{\"k\\u0000\":\"v\\ud83d\\ude00 \\ud83d \u2066\"},\"user_agent\":\"日本語 \\uD83D\\uDE00\"}";
        var read = Read("generic", Json);
        read.Action.ShouldBe("dele\\u202Ete");
        read.ActorName.ShouldBe("a\\u0000b\\u202Ec\\uD800d");
        read.Reason.ShouldBe("two\\nlines\\u001B[31m");
        read.UserAgent.ShouldBe("日本語 😀");
        var value = JsonElement.Parse(read.NewValue!);
        value.GetProperty("k\\u0000").GetString().ShouldBe("v😀 \\uD83D \\u2066");
        read.Original.Span.SequenceEqual(Encoding.UTF8.GetBytes(Json)).ShouldBeTrue();
    }

    [Fact]
    public void LongTexts_AreCut_WithoutHalvesOfCharacters()
    {
        var read = Read("generic", $$$"""{"action":"{{{new string('a', 119)}}}😀","time":1767323045,"actor":"{{{new string('é', 1000)}}}","source_id":"{{{new string('1', 300)}}}","new_value":{"x":"{{{new string('y', 70_000)}}}"}}""");
        read.Action.ShouldBe(new string('a', 119));
        read.ActorName!.Length.ShouldBe(300);
        read.SourceId.ShouldStartWith("sha256:");
        read.NewValue.ShouldBe("""{"(left out)":70008}""");
    }

    [Fact]
    public void JsonVectors_NeverThrow_AndAcceptedObjectsAreNoParseErrors()
    {
        var vectors = JsonElement.Parse(File.ReadAllBytes(SharedData.PathOrSkip("vectors/json-parsing/jsontestsuite.json")));
        foreach (var vector in vectors.EnumerateArray())
        {
            var body = vector.TryGetProperty("body_b64", out var whole)
                ? whole.GetBytesFromBase64()
                : [.. Enumerable.Repeat(vector.GetProperty("repeat_b64").GetBytesFromBase64(), 1 + (vector.GetProperty("len").GetInt32() / Math.Max(1, vector.GetProperty("repeat_b64").GetBytesFromBase64().Length))).SelectMany(b => b).Take(vector.GetProperty("len").GetInt32())];
            var name = vector.GetProperty("name").GetString();
            foreach (var source in EventSources.Names)
            {
                EventSources.Find(source)!.TryRead(body, Now, out _, out var refusal).ShouldBeFalse(name);
                var code = refusal.ShouldNotBeNull(name).Code;
                if (vector.GetProperty("expect").GetString() == "accept") code.ShouldBeOneOf(["json.notObject", "event.action.missing", "event.time.missing", "json.duplicateKey"], name);
                if (vector.GetProperty("expect").GetString() == "reject") code.ShouldBeOneOf(["json.malformed", "json.encoding", "json.depth"], name);
            }
        }
    }

    [Fact]
    public void AnyBytesAndAnyMutation_NeverThrow()
    {
        var seeds = EventSources.Names.Select(s => (s, Encoding.UTF8.GetBytes("""{"eventTime":"2026-01-02T03:04:05Z","time":1,"published":"2026","timestamp":"2026-01-01T00:00:00Z","stageTimestamp":1,"@timestamp":null,"verb":"x","action":"\u202e\ud800","eventName":"n","eventType":[],"operationName":{},"protoPayload":{"methodName":"m","status":{"code":1e400}},"target":[1],"properties":{"targetResources":[{"modifiedProperties":[{"displayName":"a","oldValue":"[\"x\"]"}]}],"requestbody":"{\"a\""},"objectRef":[],"old_x":1,"user":3}"""))).ToList();
        Prop.ForAll(ArbMap.Default.ArbFor<(int, byte, int)[]>(), changes =>
        {
            foreach (var (source, seed) in seeds)
            {
                var bytes = seed.ToArray();
                foreach (var (at, value, _) in changes) bytes[(int)((uint)at % (uint)bytes.Length)] = value;
                var took = EventSources.Find(source)!.TryRead(bytes, Now, out var read, out var refusal);
                took.ShouldBe(read is not null);
                took.ShouldBe(refusal is null);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }
}
