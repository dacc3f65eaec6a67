using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access;

public sealed class PasswordRulesTest : IDisposable
{
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"leaked-{Guid.CreateVersion7():N}.txt");

    public void Dispose() => File.Delete(_file);

    [Theory]
    [InlineData(40, "")]
    [InlineData(40, ":42")]
    [InlineData(20, "")]
    public void LeakedPassword_IsFound_WhereverItStands(int digits, string count)
    {
        var leaked = Enumerable.Range(0, 500).Select(i => $"leaked password {i}").ToList();
        File.WriteAllText(_file, string.Join(digits == 20 ? "\r\n" : "\n", leaked.Select(p => Hash(p)[..digits] + count).Order(StringComparer.Ordinal)));
        var list = List(_file);
        leaked.ShouldAllBe(p => list.Contains(p));
        Enumerable.Range(0, 500).Select(i => $"never leaked {i}").ShouldAllBe(p => !list.Contains(p));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("no hash\n")]
    public void StrangeFile_FindsNothing(string content)
    {
        File.WriteAllText(_file, content);
        List(_file).Contains("leaked password 1").ShouldBeFalse();
    }

    [Fact]
    public void MissingFile_ShutsNobodyOut()
    {
        List(_file + ".none").Contains("leaked password 1").ShouldBeFalse();
        List(null).Contains("leaked password 1").ShouldBeFalse();
    }

    [Theory]
    [InlineData("Aoyama Group 12", "password.context")]
    [InlineData("12hexabase34", "password.context")]
    [InlineData("leaked password 7", "password.breached")]
    [InlineData("ｌｅａｋｅｄ　ｐａｓｓｗｏｒｄ　７", "password.breached")]
    [InlineData("short", "password.tooShort")]
    [InlineData("seven green boats at noon", null)]
    [InlineData("aoyama is where seven boats are", null)]
    [InlineData("AAAA bbbb 1111 ____", null)]
    public void Password_IsJudgedByWhatGuessersKnow(string password, string? code)
    {
        File.WriteAllText(_file, Hash("leaked password 7"));
        var rules = new PasswordRules(List(_file), Options.Create(new AccessOptions()));
        rules.Check("password", password, "mori@example.test", ["Aoyama Group"])?.Code.ShouldBe(code);
        (rules.Check("password", password, "mori@example.test", ["Aoyama Group"]) is null).ShouldBe(code is null);
    }

    private static BreachedPasswordFile List(string? path) => new(Options.Create(new AccessOptions { BreachedPasswordsFile = path }), NullLogger<BreachedPasswordFile>.Instance);

#pragma warning disable CA5350 // The lists are made of SHA-1 hashes.
    private static string Hash(string password) => Convert.ToHexString(SHA1.HashData(Encoding.UTF8.GetBytes(password)));
#pragma warning restore CA5350
}
