using System.Diagnostics.CodeAnalysis;

namespace Hexabase.Portal.Access.Sso;

/// <summary>What a check of something from outside answers: the accepted value or the refusal, never both. A value that nobody set is a refusal.</summary>
public readonly struct Checked<T>
{
    private static readonly SsoRefusal Unset = new("sso.unchecked", "The check was not carried out.", null, "Report this to the portal's operator.");
    private readonly T? _value;
    private readonly bool _accepted;
    private readonly SsoRefusal? _refusal;

    private Checked(T value)
    {
        _value = value;
        _accepted = value is not null;
        _refusal = null;
    }

    private Checked(SsoRefusal refusal)
    {
        _value = default;
        _accepted = false;
        _refusal = refusal;
    }

    public SsoRefusal? Refusal => _accepted ? null : _refusal ?? Unset;

    public bool TryGet([MaybeNullWhen(false)] out T value, [NotNullWhen(false)] out SsoRefusal? refusal)
    {
        value = _value;
        refusal = Refusal;
        return refusal is null;
    }

#pragma warning disable CA1000, CA2225 // A check writes `return claims;` or `return refusal;`.
    public static implicit operator Checked<T>(T value) => new(value);

    public static implicit operator Checked<T>(SsoRefusal refusal) => new(refusal);
#pragma warning restore CA1000, CA2225
}
