using System.Globalization;

namespace Hexabase.Portal.Samples;

/// <summary>
/// The invented bill of the sample organization: FOCUS files of three providers over 13 months. The same day gives the same content on every machine; within a
/// calendar month, the files of the months before it do not change at all, so that a second import recognizes them. What is in it and why: docs/sample.md.
/// </summary>
public static class SampleBill
{
    /// <summary>Months in the bill, the current one included.</summary>
    public const int Months = 13;

    private const ulong Seed = 0xA0_1A_2B_3C;

    /// <summary>Index of the month whose Azure bill is delivered twice, first preliminary, then to replace it.</summary>
    private const int RedeliveredMonth = 6;

    /// <summary>Index of the month with a file of corrections to the AWS bill of the month before.</summary>
    private const int CorrectionMonth = 9;

    /// <summary>The first day of the bill that ends on <paramref name="lastDay"/>.</summary>
    public static DateOnly FirstDay(DateOnly lastDay) => new DateOnly(lastDay.Year, lastDay.Month, 1).AddMonths(1 - Months);

    /// <summary>The files in the order in which they are to be imported, oldest month first.</summary>
    /// <param name="lastDay">Last charge day (UTC), inclusive. The current month ends with it.</param>
    public static IReadOnlyList<SampleFile> Files(DateOnly lastDay, SampleSize size)
    {
        var first = FirstDay(lastDay);
        var random = new SampleRandom(Seed);
        var anomalies = Anomalies(lastDay);
        List<SampleFile> files = [];
        for (var index = 0; index < Months; index++)
        {
            foreach (var provider in (SampleProvider[])[SampleAws.Provider, SampleAzure.Provider, SampleGoogle.Provider])
            {
                var month = first.AddMonths(index);
                var end = index == Months - 1 ? lastDay.AddDays(1) : month.AddMonths(1);
                var plan = new SampleMonth(provider, size, random, anomalies, first, index, end, index < Months - 1);
                var redelivered = index == RedeliveredMonth && provider == SampleAzure.Provider;
                // The preliminary bill lacks three days and the negotiated prices.
                if (redelivered) Add(plan with { Provider = provider with { Negotiated = 1m }, End = end.AddDays(-3), IsInvoiced = false }, "-preliminary", "append", SampleContent.Bill);
                Add(plan, "", redelivered ? "replace" : "append", SampleContent.Bill);
                if (index == CorrectionMonth && provider == SampleAws.Provider) Add(plan, "-corrections", "append", SampleContent.Corrections);
            }
        }

        return files;

        void Add(SampleMonth plan, string suffix, string mode, SampleContent content) => files.Add(new SampleFile(
            string.Create(CultureInfo.InvariantCulture, $"{plan.Provider.Key}-{plan.Month:yyyy-MM}{suffix}.csv.gz"), plan.Provider.Name, plan.Month, mode,
            (stream, cancellationToken) => new SampleMonthWriter(plan).WriteAsync(stream, content, cancellationToken)));
    }

    /// <summary>What a person or a detector should find, oldest first. Their months are counted back from that of <paramref name="lastDay"/>.</summary>
    public static IReadOnlyList<SampleAnomaly> Anomalies(DateOnly lastDay)
    {
        var first = FirstDay(lastDay);
        var (nat, price, gpu, logs) = (NextOf(first.AddMonths(4).AddDays(9), DayOfWeek.Tuesday), first.AddMonths(8), NextOf(first.AddMonths(10).AddDays(9), DayOfWeek.Saturday), NextOf(first.AddMonths(11).AddDays(13), DayOfWeek.Wednesday));
        return
        [
            new("nat-loop", "A retry loop pulls images through the NAT gateway", SampleAws.Provider.Name, "Amazon Virtual Private Cloud", "payments-staging", nat, nat.AddDays(2), 900m, 1, "USD", "ec2-nat"),
            new("gpu-price", "The price of A100 GPUs rises by 16 %", SampleGoogle.Provider.Name, "Compute Engine", "ml-research", price, lastDay, 0, 1.16m, "JPY", "6F81-5844-A2GPU"),
            new("gpu-weekend", "A GPU cluster is forgotten over a weekend", SampleAzure.Provider.Name, "Virtual Machines", "imaging-ml", gpu, gpu.AddDays(1), 2_750m, 1, "USD", "DZH318Z0-NC24A100"),
            new("log-burst", "Debug logging left on floods log ingestion", SampleGoogle.Provider.Name, "Cloud Logging", "recommendations", logs, logs.AddDays(1), 210_000m, 1, "JPY", "5490-F7B7-LOGS"),
        ];
    }

    private static DateOnly NextOf(DateOnly day, DayOfWeek weekday) => day.AddDays(((int)weekday - (int)day.DayOfWeek + 7) % 7);
}
