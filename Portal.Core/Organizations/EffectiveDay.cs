using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Organizations;

/// <summary>The days on which effective-dated settings may begin: 1970-01-01 to 2200-12-31, UTC.</summary>
public static class EffectiveDay
{
    public static readonly DateOnly First = new(1970, 1, 1);
    public static readonly DateOnly Last = new(2200, 12, 31);

    internal static FieldError? Check(DateOnly day, string field = "effectiveFrom") => day < First || day > Last
        ? new FieldError(field, "day.range", $"{field} lies outside the years 1970 to 2200.", Args: [field])
        : null;
}
