using System.Globalization;
using Hexabase.Portal.Costs.Focus;

namespace Hexabase.Portal.Samples;

/// <summary>Fills the one line of a file by FOCUS's rules for each kind of charge. Every cost is a quantity of 5 decimals times a price of at most 6, exactly.</summary>
internal sealed class SampleLines(SampleMonth plan)
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    private readonly SampleProvider _provider = plan.Provider;
    private readonly SampleLine _line = new(plan.Provider.ExtraColumns.Length);
    private readonly string _periodStart = Time(plan.Month);
    private readonly string _periodEnd = Time(plan.Month.AddMonths(1));
    private readonly string _invoice = string.Create(CultureInfo.InvariantCulture, $"{plan.Provider.Key.ToUpperInvariant()}-{plan.Month:yyyyMM}-SAMPLE");
    private readonly Dictionary<(DateOnly Day, int Hour), string> _times = [];

    /// <param name="hour">Null is the whole day.</param>
    /// <param name="money">List cost wanted; the quantity follows from it.</param>
    public SampleLine Usage(SampleSeries series, int resource, DateOnly day, int? hour, double money)
    {
        var sku = series.Sku;
        Begin("Usage", "Usage-Based", series.Description, sku.Service, sku.Category, sku.Subcategory);
        Period(TimeOf(day, hour ?? 0), TimeOf(day, hour + 1 ?? 24));
        Place(series.Tenancy, series.Region);
        _line[FocusColumn.ResourceId] = series.ResourceIds[resource];
        _line[FocusColumn.ResourceName] = series.ResourceNames[resource];
        _line[FocusColumn.ResourceType] = sku.Kind;
        _line[FocusColumn.Tags] = series.Tags;
        _line[FocusColumn.SkuId] = sku.Key;
        _line[FocusColumn.SkuPriceId] = $"{sku.Key}.{series.Region}.{_provider.Currency}";
        _line[FocusColumn.SkuMeter] = sku.Meter;
        _line[FocusColumn.PricingCategory] = sku.Key.EndsWith("spot", StringComparison.Ordinal) ? "Dynamic" : "Standard";
        _line.SetExtras(_provider.Extras(series));

        var price = sku.Price;
        foreach (var anomaly in plan.Anomalies)
        {
            // A provider's list price changes for everybody.
            if (anomaly.PriceFactor != 1 && anomaly.Provider == _provider.Name && anomaly.SkuId == sku.Key && anomaly.Holds(day)) price = decimal.Round(price * anomaly.PriceFactor, 6);
        }

        // The double comes from whole numbers by one division: the same everywhere.
        var quantityUnits = (long)((money / ((long)(price * 1_000_000m) / 1e6) * 100_000) + 0.5);
        var quantity = new decimal(Math.Max(quantityUnits, 1)) * 0.00001m;
        Quantity(quantity, sku.Unit, price, decimal.Round(price * _provider.Negotiated, 6));
        _line.Set(FocusColumn.ConsumedQuantity, quantity);
        _line[FocusColumn.ConsumedUnit] = sku.Unit;
        Currency();
        return _line;
    }

    /// <summary>What the usage line would cost under the commitment.</summary>
    public static decimal EffectiveUnder(SampleCommitment commitment, SampleLine line) =>
        (line.Number(FocusColumn.PricingQuantity) ?? 0) * decimal.Round((line.Number(FocusColumn.ListUnitPrice) ?? 0) * commitment.Rate, 6);

    /// <summary>The commitment pays for the line: nothing is billed, its amortized part is the effective cost.</summary>
    public void MarkUsed(SampleCommitment commitment, SampleLine line, decimal effective)
    {
        line[FocusColumn.PricingCategory] = "Committed";
        Commitment(commitment, "Used");
        line.Set(FocusColumn.CommitmentDiscountQuantity, commitment.Category == "Spend" ? effective : line.Number(FocusColumn.PricingQuantity));
        line[FocusColumn.CommitmentDiscountUnit] = commitment.Category == "Spend" ? _provider.Currency : line[FocusColumn.PricingUnit];
        line.Set(FocusColumn.BilledCost, 0);
        line.Set(FocusColumn.EffectiveCost, effective);
        Currency();
    }

    /// <summary>FOCUS: the purchase of a commitment is billed and has no effective cost; that comes with the usage that it covers.</summary>
    public SampleLine Purchase(SampleCommitment commitment, DateOnly day, int days)
    {
        Begin("Purchase", commitment.Payment == SamplePayment.Upfront ? "One-Time" : "Recurring", $"{commitment.Name}, {commitment.Type}", commitment.Service, commitment.ServiceCategory, commitment.Subcategory);
        Period(TimeOf(day, 0), TimeOf(day.AddDays(days - 1), 24));
        Payer(commitment.Region);
        _line[FocusColumn.ResourceId] = commitment.Id;
        _line[FocusColumn.ResourceName] = commitment.Name;
        _line[FocusColumn.ResourceType] = commitment.Type;
        Commitment(commitment, null);
        _line[FocusColumn.PricingCategory] = "Standard";
        _line[FocusColumn.SkuId] = $"{commitment.Key}-fee";
        _line[FocusColumn.SkuPriceId] = $"{commitment.Key}-fee.{_provider.Currency}";
        Quantity(days * 24m, "Hours", commitment.HourlyFee, commitment.HourlyFee);
        _line.Set(FocusColumn.EffectiveCost, 0);
        Currency();
        return _line;
    }

    public SampleLine Unused(SampleCommitment commitment, DateOnly day, decimal left)
    {
        Begin("Usage", "Usage-Based", $"{commitment.Name}, unused", commitment.Service, commitment.ServiceCategory, commitment.Subcategory);
        Period(TimeOf(day, 0), TimeOf(day, 24));
        Payer(commitment.Region);
        _line[FocusColumn.ResourceId] = commitment.Id;
        _line[FocusColumn.ResourceName] = commitment.Name;
        _line[FocusColumn.ResourceType] = commitment.Type;
        Commitment(commitment, "Unused");
        _line[FocusColumn.PricingCategory] = "Committed";
        _line[FocusColumn.SkuId] = $"{commitment.Key}-unused";
        _line[FocusColumn.SkuPriceId] = $"{commitment.Key}-unused.{_provider.Currency}";
        Quantity(left, _provider.Currency, 1m, 1m);
        _line.Set(FocusColumn.CommitmentDiscountQuantity, left);
        _line[FocusColumn.CommitmentDiscountUnit] = _provider.Currency;
        _line.Set(FocusColumn.BilledCost, 0);
        Currency();
        return _line;
    }

    public SampleLine Support(DateOnly day, int days, decimal amount)
    {
        Begin("Purchase", "Recurring", $"{_provider.SupportService} plan", _provider.SupportService, "Management and Governance", "Support");
        Period(TimeOf(day, 0), TimeOf(day.AddDays(days - 1), 24));
        Payer(null);
        _line[FocusColumn.PricingCategory] = "Standard";
        _line[FocusColumn.SkuId] = "support";
        _line[FocusColumn.SkuPriceId] = $"support.{_provider.Currency}";
        Quantity(1, days == 1 ? "Days" : "Months", amount, amount);
        Currency();
        return _line;
    }

    public SampleLine Charge(SampleCharge charge, DateOnly day)
    {
        Begin(charge.Category, "One-Time", charge.Description, charge.Service, charge.ServiceCategory, charge.Subcategory);
        Period(TimeOf(day, 0), TimeOf(day, 24));
        Payer(null);
        if (charge.Workspace is { } workspace)
        {
            var tenancy = _provider.Tenancies.First(t => t.Workspace == workspace);
            Place(tenancy, tenancy.Regions[0]);
            _line[FocusColumn.Tags] = $$"""{"workspace":"{{workspace}}"}""";
        }

        _line.SetCosts(charge.Amount, charge.Amount, charge.Amount, charge.Amount);
        Currency();
        return _line;
    }

    /// <param name="tenancy">Null is the payer.</param>
    /// <param name="billed">What the account was billed for the day.</param>
    public SampleLine Tax(DateOnly day, SampleTenancy? tenancy, decimal billed)
    {
        Begin("Tax", "Recurring", "Consumption tax 10 %", "Tax", "Other", "Other (Other)");
        Period(TimeOf(day, 0), TimeOf(day, 24));
        if (tenancy is null) Payer(null);
        else Place(tenancy, null);
        var tax = decimal.Round(billed * _provider.TaxRate, _provider.MoneyDecimals, MidpointRounding.AwayFromZero);
        _line.SetCosts(tax, tax, tax, tax);
        Currency();
        return _line;
    }

    /// <summary>Usage of an earlier month taken back: negative quantity, ChargeClass "Correction", the billing period of this month.</summary>
    public SampleLine Correction(SampleSeries series, DateOnly day, double money)
    {
        Usage(series, 0, day, null, money);
        _line[FocusColumn.ChargeClass] = "Correction";
        _line[FocusColumn.ChargeDescription] = $"Correction: {series.Description}";
        var quantity = -(_line.Number(FocusColumn.PricingQuantity) ?? 0);
        Quantity(quantity, series.Sku.Unit, _line.Number(FocusColumn.ListUnitPrice) ?? 0, _line.Number(FocusColumn.ContractedUnitPrice) ?? 0);
        _line.Set(FocusColumn.ConsumedQuantity, quantity);
        Currency();
        return _line;
    }

    private void Begin(string category, string frequency, string description, string service, string serviceCategory, string subcategory)
    {
        _line.Clear();
        _line[FocusColumn.BillingAccountId] = _provider.AccountId;
        _line[FocusColumn.BillingAccountName] = _provider.AccountName;
        _line[FocusColumn.BillingAccountType] = "Billing Account";
        _line[FocusColumn.BillingCurrency] = _provider.Currency;
        _line[FocusColumn.BillingPeriodStart] = _periodStart;
        _line[FocusColumn.BillingPeriodEnd] = _periodEnd;
        _line[FocusColumn.ProviderName] = _provider.Name;
        _line[FocusColumn.PublisherName] = _provider.Publisher;
        _line[FocusColumn.InvoiceIssuerName] = _provider.Issuer;
        _line[FocusColumn.InvoiceId] = plan.IsInvoiced ? _invoice : null;
        _line[FocusColumn.ChargeCategory] = category;
        _line[FocusColumn.ChargeFrequency] = frequency;
        _line[FocusColumn.ChargeDescription] = description;
        _line[FocusColumn.ServiceName] = service;
        _line[FocusColumn.ServiceCategory] = serviceCategory;
        _line[FocusColumn.ServiceSubcategory] = subcategory;
    }

    private void Period(string start, string end)
    {
        _line[FocusColumn.ChargePeriodStart] = start;
        _line[FocusColumn.ChargePeriodEnd] = end;
    }

    private void Place(SampleTenancy tenancy, string? region)
    {
        _line[FocusColumn.SubAccountId] = tenancy.AccountId;
        _line[FocusColumn.SubAccountName] = tenancy.AccountName;
        _line[FocusColumn.SubAccountType] = "Subscription";
        Region(region);
    }

    private void Payer(string? region)
    {
        _line[FocusColumn.SubAccountId] = _provider.AccountId;
        _line[FocusColumn.SubAccountName] = _provider.AccountName;
        _line[FocusColumn.SubAccountType] = "Billing Account";
        Region(region);
    }

    private void Region(string? region)
    {
        _line[FocusColumn.RegionId] = region;
        _line[FocusColumn.RegionName] = region is null ? null : _provider.RegionNames[region];
    }

    private void Commitment(SampleCommitment commitment, string? status)
    {
        _line[FocusColumn.CommitmentDiscountId] = commitment.Id;
        _line[FocusColumn.CommitmentDiscountName] = commitment.Name;
        _line[FocusColumn.CommitmentDiscountType] = commitment.Type;
        _line[FocusColumn.CommitmentDiscountCategory] = commitment.Category;
        _line[FocusColumn.CommitmentDiscountStatus] = status;
    }

    private void Quantity(decimal quantity, string unit, decimal listPrice, decimal contractedPrice)
    {
        _line.Set(FocusColumn.PricingQuantity, quantity);
        _line[FocusColumn.PricingUnit] = unit;
        _line.Set(FocusColumn.ListUnitPrice, listPrice);
        _line.Set(FocusColumn.ContractedUnitPrice, contractedPrice);
        var contracted = quantity * contractedPrice;
        _line.SetCosts(quantity * listPrice, contracted, contracted, contracted);
    }

    /// <summary>FOCUS 1.2: the pricing currency is the billing currency here.</summary>
    private void Currency()
    {
        _line[FocusColumn.PricingCurrency] = _provider.Currency;
        _line.Set(FocusColumn.PricingCurrencyEffectiveCost, _line.Number(FocusColumn.EffectiveCost));
        _line.Set(FocusColumn.PricingCurrencyListUnitPrice, _line.Number(FocusColumn.ListUnitPrice));
        _line.Set(FocusColumn.PricingCurrencyContractedUnitPrice, _line.Number(FocusColumn.ContractedUnitPrice));
    }

    private string TimeOf(DateOnly day, int hour)
    {
        if (_times.TryGetValue((day, hour), out var text)) return text;
        if (_times.Count > 256) _times.Clear();
        return _times[(day, hour)] = day.ToDateTime(default, DateTimeKind.Utc).AddHours(hour).ToString(TimeFormat, CultureInfo.InvariantCulture);
    }

    private static string Time(DateOnly day) => day.ToDateTime(default, DateTimeKind.Utc).ToString(TimeFormat, CultureInfo.InvariantCulture);
}
