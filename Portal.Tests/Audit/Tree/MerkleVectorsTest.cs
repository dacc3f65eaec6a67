using System.Text;
using System.Text.Json;
using Hexabase.Portal.Support;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Audit.Tree;

/// <summary>The proofs of transparency-dev/merkle, and roots and proofs made for this project.</summary>
public sealed class MerkleVectorsTest
{
    [Theory]
    [InlineData("transparency-dev.json")]
    [InlineData("generated-dev.json")]
    public void EveryInclusionProof_IsJudgedAsTheVectorSays(string file)
    {
        using var vectors = Read(file);
        foreach (var v in vectors.RootElement.GetProperty("inclusion").EnumerateArray())
            MerkleTree.VerifyInclusion(v.GetProperty("leafIdx").GetUInt64(), v.GetProperty("treeSize").GetUInt64(), Bytes(v, "leafHash"), Path(v), Bytes(v, "root")).ShouldBe(Valid(v), v.ToString());
    }

    [Theory]
    [InlineData("transparency-dev.json")]
    [InlineData("generated-dev.json")]
    public void EveryConsistencyProof_IsJudgedAsTheVectorSays(string file)
    {
        using var vectors = Read(file);
        foreach (var v in vectors.RootElement.GetProperty("consistency").EnumerateArray())
            MerkleTree.VerifyConsistency(v.GetProperty("size1").GetUInt64(), v.GetProperty("size2").GetUInt64(), Bytes(v, "root1"), Bytes(v, "root2"), Path(v)).ShouldBe(Valid(v), v.ToString());
    }

    [Fact]
    public void RootsOfGeneratedLeaves_AreThoseOfTheVectors()
    {
        using var vectors = Read("generated-dev.json");
        var prefix = vectors.RootElement.GetProperty("leaf_prefix").GetString();
        var range = new CompactRange();
        foreach (var v in vectors.RootElement.GetProperty("roots").EnumerateArray())
        {
            var size = v.GetProperty("size").GetInt64();
            while (range.Size < size) range.Append(MerkleTree.LeafHash(Encoding.UTF8.GetBytes($"{prefix}{range.Size}")));
            Convert.ToBase64String(range.Root()).ShouldBe(v.GetProperty("root").GetString(), $"size {size}");
        }
    }

    private static bool Valid(JsonElement v) => v.TryGetProperty("wantErr", out var wantErr) ? !wantErr.GetBoolean() : v.GetProperty("valid").GetBoolean();

    private static byte[] Bytes(JsonElement v, string name) => v.GetProperty(name) is { ValueKind: JsonValueKind.String } text ? text.GetBytesFromBase64() : [];

    private static List<byte[]> Path(JsonElement v) =>
        v.GetProperty("proof") is { ValueKind: JsonValueKind.Array } proof ? [.. proof.EnumerateArray().Select(p => p.GetBytesFromBase64())] : [];

    private static JsonDocument Read(string file) => JsonDocument.Parse(File.ReadAllBytes(SharedData.PathOrSkip($"vectors/merkle-rfc6962/{file}")));
}
