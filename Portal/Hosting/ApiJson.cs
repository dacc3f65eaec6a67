using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Hexabase.Portal.Costs;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Hosting;

/// <summary>JSON as the API speaks it: camelCase, UTC with Z, enums as lower-camel words, money as exact text; strict in what it takes.</summary>
public static class ApiJson
{
    public const int MaxDepth = 32;

    public static JsonSerializerOptions Options { get; } = Configure(new JsonSerializerOptions(JsonSerializerDefaults.Web));

    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.MaxDepth = MaxDepth;
        options.PropertyNameCaseInsensitive = false;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.AllowDuplicateProperties = false;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        // Pages never embed these bytes in HTML, and nosniff keeps browsers from guessing; readable text is worth more than escapes.
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.Converters.Add(new UtcConverter());
        options.Converters.Add(new AmountConverter());
        options.Converters.Add(new MoneyConverter());
        options.Converters.Add(new WideAmountConverter());
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        return options;
    }

    private sealed class UtcConverter : JsonConverter<DateTime>
    {
        public override DateTime Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && reader.TryGetDateTimeOffset(out var at) ? at.UtcDateTime : throw new JsonException("An instant is text in the form 2026-01-31T23:59:59Z.");

        public override void Write(Utf8JsonWriter writer, DateTime value, JsonSerializerOptions options) =>
            writer.WriteStringValue(DateTime.SpecifyKind(value, DateTimeKind.Utc).ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture));
    }

    private sealed class AmountConverter : JsonConverter<Amount>
    {
        public override Amount Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && IsPlain(reader.GetString()) && Amount.TryParse(reader.GetString(), out var amount)
                ? amount
                : throw new JsonException("An amount is text with a plain decimal number, such as \"1234.5678\".");

        public override void Write(Utf8JsonWriter writer, Amount value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString(null, CultureInfo.InvariantCulture));

        private static bool IsPlain(string? text) => text is { Length: > 0 and <= 64 } && text.All(c => char.IsAsciiDigit(c) || c is '.' or '-');
    }

    private sealed class MoneyConverter : JsonConverter<Money>
    {
        public override Money Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var body = JsonSerializer.Deserialize<MoneyBody>(ref reader, options) ?? throw new JsonException("Money is an object with amount and currency.");
            if (body.Amount is not { } amount || body.Currency is null) throw new JsonException("Money needs amount and currency.");
            return Currencies.IsKnown(body.Currency) ? new Money(amount, body.Currency) : throw new JsonException("The currency is not an ISO 4217 code, such as USD or JPY.");
        }

        public override void Write(Utf8JsonWriter writer, Money value, JsonSerializerOptions options)
        {
            writer.WriteStartObject();
            writer.WriteString("amount", value.Amount.ToString(null, CultureInfo.InvariantCulture));
            writer.WriteString("currency", value.Currency);
            writer.WriteEndObject();
        }
    }

    /// <summary>Sums are answered, never taken.</summary>
    private sealed class WideAmountConverter : JsonConverter<WideAmount>
    {
        public override WideAmount Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new JsonException("A sum is not an input.");

        public override void Write(Utf8JsonWriter writer, WideAmount value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
    }

    private sealed record MoneyBody(Amount? Amount, string? Currency);
}
