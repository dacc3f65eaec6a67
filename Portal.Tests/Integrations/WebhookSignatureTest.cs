using System.Text;
using System.Text.Json;
using Hexabase.Portal.Integrations.Outbound;
using Hexabase.Portal.Support;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Integrations;

public sealed class WebhookSignatureTest
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_777_626_000);
    private static readonly byte[] Body = Encoding.UTF8.GetBytes("""{"a": 1}""");

    [Fact]
    public void Signatures_AgreeWithTheVectors()
    {
        foreach (var row in JsonElement.Parse(File.ReadAllText(SharedData.PathOrSkip("vectors/standard-webhooks/vectors-dev.json"))).GetProperty("rows").EnumerateArray())
        {
            var at = DateTimeOffset.FromUnixTimeSeconds(row.GetProperty("timestamp").GetInt64());
            WebhookSignature.Sign(row.GetProperty("id").GetString()!, at, row.GetProperty("body_b64").GetBytesFromBase64(), [row.GetProperty("secret").GetString()!]).ShouldBe(row.GetProperty("signature").GetString());
        }
    }

    [Fact]
    public void Receiver_TakesRotatedSecrets_AndRefusesTheRest()
    {
        var (secret, old) = (WebhookSignature.NewSecret(), WebhookSignature.NewSecret());
        var stamp = Now.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture);
        var both = WebhookSignature.Sign("msg_1", Now, Body, [secret, old]);

        WebhookSignature.Verify("msg_1", stamp, both, Body, [old], Now).ShouldBeTrue();
        WebhookSignature.Verify("msg_1", stamp, both, Body, [secret[6..]], Now).ShouldBeTrue("the prefix may be missing");
        WebhookSignature.Verify("msg_1", stamp, both, Body, [WebhookSignature.NewSecret()], Now).ShouldBeFalse();
        WebhookSignature.Verify("msg_1", stamp, both, Body, [old], Now.AddSeconds(301)).ShouldBeFalse();
        WebhookSignature.Verify("msg_1", stamp, both, Body, [old], Now.AddSeconds(-301)).ShouldBeFalse();
        WebhookSignature.Verify("msg_1", "soon", both, Body, [old], Now).ShouldBeFalse();
        WebhookSignature.Verify(null, stamp, both, Body, [old], Now).ShouldBeFalse();
        WebhookSignature.Verify("msg_1", null, both, Body, [old], Now).ShouldBeFalse();
        WebhookSignature.Verify("msg_1", stamp, null, Body, [old], Now).ShouldBeFalse();
        WebhookSignature.Verify("msg_1", stamp, both.Replace("v1,", "v0,", StringComparison.Ordinal), Body, [old], Now).ShouldBeFalse();
        WebhookSignature.Verify("msg_1", stamp, both.TrimEnd('='), Body, [old], Now).ShouldBeFalse();
        WebhookSignature.Verify("msg_1", stamp, both, Encoding.UTF8.GetBytes("""{"a":1}"""), [old], Now).ShouldBeFalse();
        Should.Throw<ArgumentException>(() => WebhookSignature.Sign("msg.1", Now, Body, [secret]));
    }
}
