namespace Hexabase.Portal.Costs;

/// <summary>The four cost columns of FOCUS: BilledCost, EffectiveCost (amortized), ContractedCost, ListCost; currency units.</summary>
public enum CostMetric
{
    Billed,
    Effective,
    Contracted,
    List,
}
