using Hexabase.Portal.Kernel;
using Hexabase.Portal.Organizations;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Hexabase.Portal.Access;

/// <summary>What a new password must be (NIST SP 800-63B 3.1.1.2, ASVS 6.2): long, not common, not built from words of this place, not known to have leaked. No rules on kinds of characters.</summary>
public sealed class PasswordRules(IBreachedPasswords breached, IOptions<AccessOptions> options)
{
    private static readonly string[] Product = ["hexabase", "hexabase.ai", "hexabase portal", "portal", "kubernetes"];

    // What is left beside such a word must still be hard to guess.
    private const int LeastBeside = 6;
    private const int ShortestWord = 4;

    /// <param name="words">Names of the person's organizations.</param>
    /// <returns>Null when it may be used.</returns>
    public FieldError? Check(string field, string? password, string userName, IEnumerable<string> words)
    {
        if (Passwords.Check(field, password, userName) is { } error) return error;
        if (password is null) return null;
        var text = Passwords.Normalize(password);
        foreach (var word in words.Concat(options.Value.PasswordContextWords).Concat(Product).Where(w => w.Length >= ShortestWord))
        {
            if (text.Contains(word, StringComparison.OrdinalIgnoreCase) && text.Replace(word, "", StringComparison.OrdinalIgnoreCase).Length < LeastBeside)
                return new FieldError(field, "password.context", $"The password is little more than “{word}”, which is easy to guess here. Choose another.", Args: [word]);
        }

        return breached.Contains(text) || (text != password && breached.Contains(password))
            ? new FieldError(field, "password.breached", "This password stands in lists of leaked passwords that attackers use. Choose another.")
            : null;
    }

    /// <summary>The names of the organizations that the person belongs to.</summary>
    internal static async Task<IReadOnlyList<string>> WordsOfAsync(ReadScope scope, Guid userId, CancellationToken cancellationToken)
    {
        var ids = await scope.Db.Set<Member>().Where(m => m.UserId == userId).Select(m => m.OrganizationId).ToListAsync(cancellationToken);
        var names = new List<string>();
        foreach (var id in ids)
        {
            if (await scope.Service<OrganizationDirectory>().FindAsync(id.ToString(), cancellationToken) is { } tenant) names.Add(tenant.Name);
        }

        return names;
    }
}
