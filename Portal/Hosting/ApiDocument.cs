using Hexabase.Portal.Kernel;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Hexabase.Portal.Hosting;

/// <summary>OpenAPI 3.1 at <c>/openapi/v1.json</c> and a page to browse it at <c>/api</c>.</summary>
internal static class ApiDocument
{
    public static void AddApiDocument(this IServiceCollection services) => services.AddOpenApi("v1", o =>
    {
        o.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        o.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo { Title = "Hexabase Portal", Version = "v1", Description = "Everything that the portal's pages do, by the same commands and queries." };
            document.Servers = [new OpenApiServer { Url = "/" }];
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal);
            document.Components.SecuritySchemes["token"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "An API token of the portal." };
            document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("token", document)] = [] }];
            document.Components.Schemas ??= new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal);
            document.Components.Schemas["Problem"] = ProblemSchema();
            return Task.CompletedTask;
        });
        o.AddSchemaTransformer((schema, context, _) =>
        {
            if (context.JsonTypeInfo.Type == typeof(Money) || context.JsonTypeInfo.Type == typeof(Money?)) Become(schema, MoneySchema());
            else if (context.JsonTypeInfo.Type == typeof(Amount) || context.JsonTypeInfo.Type == typeof(Amount?)) Become(schema, AmountSchema());
            return Task.CompletedTask;
        });
        o.AddOperationTransformer((operation, context, _) =>
        {
            operation.Responses ??= [];
            operation.Responses["default"] = new OpenApiResponse
            {
                Description = "A refusal (RFC 9457)",
                Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal) { ["application/problem+json"] = new() { Schema = new OpenApiSchemaReference("Problem", context.Document) } },
            };
            return Task.CompletedTask;
        });
    });

    public static void MapApiDocument(this WebApplication app)
    {
        app.MapOpenApi("/openapi/{documentName}.json").AllowAnonymous();
        app.MapGet("/api", () => Results.LocalRedirect("/api/index.html")).ExcludeFromDescription();
    }

    /// <summary>The browsable page; its scripts are files of this host, as the content policy demands.</summary>
    public static void UseApiPage(this WebApplication app) => app.UseSwaggerUI(o =>
    {
        o.RoutePrefix = "api";
        o.DocumentTitle = "Hexabase Portal API";
        o.SwaggerEndpoint("/openapi/v1.json", "Hexabase Portal API v1");
    });

    private static void Become(OpenApiSchema schema, OpenApiSchema wanted)
    {
        schema.Type = wanted.Type;
        schema.Properties = wanted.Properties;
        schema.Required = wanted.Required;
        schema.Pattern = wanted.Pattern;
        schema.Description = wanted.Description;
        schema.AdditionalProperties = null;
    }

    private static OpenApiSchema AmountSchema() => new() { Type = JsonSchemaType.String, Pattern = @"^-?\d{1,20}(\.\d{1,18})?$", Description = "An exact decimal number as text." };

    private static OpenApiSchema MoneySchema() => new()
    {
        Type = JsonSchemaType.Object,
        Description = "An exact amount of an ISO 4217 currency.",
        Required = new HashSet<string>(StringComparer.Ordinal) { "amount", "currency" },
        Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
        {
            ["amount"] = AmountSchema(),
            ["currency"] = new OpenApiSchema { Type = JsonSchemaType.String, Pattern = "^[A-Z]{3}$" },
        },
    };

    private static OpenApiSchema ProblemSchema()
    {
        static OpenApiSchema Text(string about) => new() { Type = JsonSchemaType.String, Description = about };
        var field = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
            {
                ["field"] = Text("The member of the body or the parameter"), ["code"] = Text("Stable, dotted"), ["row"] = new OpenApiSchema { Type = JsonSchemaType.Integer | JsonSchemaType.Null },
                ["column"] = Text("The header name, for files"), ["message"] = Text("What is wrong and what to do"),
            },
        };
        return new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
            {
                ["type"] = Text("about:blank"), ["title"] = Text("The status in words"), ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer }, ["code"] = Text("Stable, dotted"),
                ["detail"] = Text("What is wrong and what to do"), ["errors"] = new OpenApiSchema { Type = JsonSchemaType.Array, Items = field },
            },
        };
    }
}
