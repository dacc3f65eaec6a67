using Hexabase.Portal.Kernel;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Costs.Focus;

public sealed class FocusSpecificationTest
{
    [Fact]
    public void EachColumn_IsDefinedInItsPlace()
    {
        FocusSpecification.Columns.Select(definition => definition.Column).ShouldBe(Enum.GetValues<FocusColumn>());
        FocusSpecification.Columns.ShouldAllBe(definition => (definition.Type == FocusColumnType.Allowed) == (definition.AllowedValues.Count > 0));
    }

    [Fact]
    public void MandatoryColumns_AreThoseOfVersion10()
    {
        var mandatory = FocusSpecification.Columns.Where(definition => definition.Level == FocusFeatureLevel.Mandatory).ToList();

        mandatory.Count.ShouldBe(21);
        mandatory.ShouldAllBe(definition => definition.Since == "1.0");
        mandatory.Where(definition => definition.AllowsNull).Select(definition => definition.Name)
            .ShouldBe(["BillingAccountName", "ChargeClass", "ChargeDescription", "PricingQuantity", "PricingUnit"]);
    }

    [Fact]
    public void Names_AreFoundExactlyAndBySpelling()
    {
        foreach (var definition in FocusSpecification.Columns)
        {
            FocusSpecification.TryGetColumn(definition.Name, out var column).ShouldBeTrue();
            column.ShouldBe(definition.Column);
            FocusSpecification.TryGetColumn(definition.Name.ToUpperInvariant(), out _).ShouldBeFalse();
            FocusSpecification.TryGetColumnBySpelling(definition.Name.ToUpperInvariant(), out column).ShouldBeTrue();
            column.ShouldBe(definition.Column);
        }
    }

    [Fact]
    public void AllowedValues_DifferOnceFolded()
    {
        foreach (var definition in FocusSpecification.Columns.Where(definition => definition.Type == FocusColumnType.Allowed))
        {
            definition.AllowedValues.Select(FocusSpelling.Fold).ShouldBeUnique();
            foreach (var value in definition.AllowedValues) FocusSpelling.Find(definition, value).ShouldBe(value);
        }
    }

    [Theory]
    [InlineData("USD", true)]
    [InlineData("JPY", true)]
    [InlineData("XCG", true)]
    [InlineData("usd", false)]
    [InlineData("XXX", false)]
    [InlineData("", false)]
    public void Currency_IsKnownByItsCode(string code, bool known) => Currencies.IsKnown(code).ShouldBe(known);
}
