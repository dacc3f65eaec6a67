using FsCheck.Xunit;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Workspaces.Quotas;

public sealed class QuotaTextTest
{
    [Theory]
    [InlineData("cpuMillicores", "4", 4000)]
    [InlineData("cpuMillicores", "0.25", 250)]
    [InlineData("cpuMillicores", "500m", 500)]
    [InlineData("cpuMillicores", "1,000 cores", 1_000_000)]
    [InlineData("cpuMillicores", "２コア", 2000)]
    [InlineData("memoryBytes", "64 GiB", 64L << 30)]
    [InlineData("memoryBytes", "64Gi", 64L << 30)]
    [InlineData("memoryBytes", "1.5 GiB", 3L << 29)]
    [InlineData("memoryBytes", "1 GB", 1_000_000_000)]
    [InlineData("storageBytes", "1024", 1024)]
    [InlineData("gpus", "8", 8)]
    [InlineData("nvidia.com/gpu", "3", 3)]
    [InlineData("gpus", "-1", -1)]
    public void Figure_IsRead(string resource, string text, long expected)
    {
        QuotaText.TryRead(resource, text, out var value).ShouldBeTrue();
        value.ShouldBe(expected);
    }

    [Theory]
    [InlineData("cpuMillicores", "0.0001")]
    [InlineData("cpuMillicores", "4 GiB")]
    [InlineData("memoryBytes", "0.3 B")]
    [InlineData("memoryBytes", "lots")]
    [InlineData("memoryBytes", "9999999999999999999999 EiB")]
    [InlineData("gpus", "1.5")]
    [InlineData("gpus", "2 GiB")]
    [InlineData("gpus", "NaN")]
    [InlineData("gpus", "1e3")]
    public void NoSuchFigure_IsRefused(string resource, string text) => QuotaText.TryRead(resource, text, out _).ShouldBeFalse();

    [Theory]
    [InlineData(null)]
    [InlineData("  ")]
    public void Nothing_IsNoLimit(string? text)
    {
        QuotaText.TryRead("pods", text, out var value).ShouldBeTrue();
        value.ShouldBeNull();
    }

    [Property]
    public void Written_ReadsBackTheSame(ulong random, bool large)
    {
        var value = (long)(random % (1UL << (large ? 60 : 24)));
        foreach (var resource in new[] { "cpuMillicores", "memoryBytes", "pods", "example.com/fpga" })
        {
            QuotaText.TryRead(resource, QuotaText.Write(resource, value), out var read).ShouldBeTrue($"{resource}: {QuotaText.Write(resource, value)}");
            read.ShouldBe(value);
        }
    }
}
