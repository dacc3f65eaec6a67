using System.Collections.Frozen;
using System.Text;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Access;

/// <summary>What a password must be: long, not the user name, not one of those that everybody tries first (NIST SP 800-63B, section 5.1.1.2). No rules on kinds of characters.</summary>
public static class Passwords
{
    public const int MinLength = 12;
    public const int MaxLength = 256;

    /// <summary>Rounds of PBKDF2-HMAC-SHA-512 (OWASP Password Storage Cheat Sheet).</summary>
    internal const int HashRounds = 210_000;

    private static readonly FrozenSet<string> Common = new[]
    {
        "123456789012", "1234567890123", "12345678901234", "123456123456", "123123123123", "111111111111", "000000000000", "1q2w3e4r5t6y", "q1w2e3r4t5y6", "qwertyuiop123", "qwertyuiop[]",
        "qwerty123456", "qwertyqwerty", "1qaz2wsx3edc", "zaq12wsxcde3", "abcdefghijkl", "abcdefghijklm", "abcd12345678", "abc123abc123", "password1234", "password12345", "password123456",
        "passwordpassword", "passw0rd1234", "p@ssw0rd1234", "p@ssword1234", "mypassword123", "administrator", "administrator1", "admin1234567", "adminadmin123", "admin123admin", "adminadminadmin",
        "letmeinletmein", "letmein12345", "welcome12345", "welcome123456", "welcometothe", "iloveyou1234", "iloveyouforever", "changeme1234", "changemeplease", "defaultpassword", "temporary1234",
        "football1234", "baseball1234", "superman1234", "sunshine1234", "princess1234", "monkeymonkey", "dragondragon", "trustno1trustno1", "whatever1234", "computer1234", "internet1234",
        "samsung12345", "google123456", "microsoft123", "kubernetes123", "kubernetes1234", "hexabase1234", "hexabaseportal", "correcthorsebatterystaple", "correct horse battery staple", "asdfghjkl123",
        "asdfghjklqwe", "zxcvbnm12345", "zxcvbnmasdfghjkl", "qazwsxedcrfv", "987654321098", "098765432109", "112233445566", "121212121212", "696969696969", "101010101010",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Null when it may be used.</summary>
    public static FieldError? Check(string field, string? password, string userName)
    {
        var length = password is null ? 0 : password.EnumerateRunes().Count();
        if (password is null || length < MinLength)
            return new FieldError(field, "password.tooShort", $"The password has {length} characters; it needs at least {MinLength}. Several words in a row are fine.", Args: [length, MinLength]);
        if (password.Length > MaxLength) return new FieldError(field, "password.tooLong", $"The password has more than {MaxLength} characters.", Args: [MaxLength]);
        var name = userName.Split('@')[0];
        if (password.Equals(userName, StringComparison.OrdinalIgnoreCase) || (name.Length >= 4 && password.Replace(name, "", StringComparison.OrdinalIgnoreCase).Length < 6))
            return new FieldError(field, "password.isUserName", "The password is little more than the user name. Choose another.");
        return Common.Contains(password) || password.EnumerateRunes().Distinct().Count() < 4
            ? new FieldError(field, "password.common", "This password is among the first that attackers try. Choose another.")
            : null;
    }

    /// <summary>The same characters whichever way a keyboard composes them.</summary>
    public static string Normalize(string password) => IsWellFormed(password) ? password.Normalize(NormalizationForm.FormKC) : password;

    private static bool IsWellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1])) i++;
            else if (char.IsSurrogate(text[i])) return false;
        }

        return true;
    }
}
