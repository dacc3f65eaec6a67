using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Hexabase.Portal.Access;
using Hexabase.Portal.Access.Roles;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Cli;

/// <summary><c>portal token create</c></summary>
internal static class TokenVerb
{
    public static async Task<int> CreateAsync(CliArguments arguments, CancellationToken cancellationToken)
    {
        var org = arguments["org"];
        var role = arguments["role"] ?? (org is null ? BuiltInRoles.ServiceAdmin : BuiltInRoles.OrgAdmin);
        if (org is null && role != BuiltInRoles.ServiceAdmin) throw new CliUsageException($"The role {role} needs --org: id or slug of the organization.");
        var days = TokenInput.DefaultDays;
        if (arguments["days"] is { } text && !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out days)) throw new CliUsageException("--days is a number.");
        var input = new TokenInput(arguments["name"] ?? throw new CliUsageException("--name is missing."), role, null, days);
        using var remote = RemotePortal.Find(arguments);
        return remote is null ? await LocalAsync(arguments, org, input, cancellationToken) : await RemoteAsync(remote, arguments, org, input, cancellationToken);
    }

    private static async Task<int> LocalAsync(CliArguments arguments, string? org, TokenInput input, CancellationToken cancellationToken)
    {
        await using var portal = await OfflinePortal.OpenAsync(arguments, cancellationToken);
        await portal.Migrator.MigrateAsync(cancellationToken);
        Command<TokenCreated> command = org is null || input.Role == BuiltInRoles.ServiceAdmin ? new CreatePlatformToken(input) : new CreateToken(org, input);
        var result = await portal.Portal.SendAsync(OfflinePortal.Operator, command, cancellationToken);
        if (!result.TryGet(out var made, out var problem))
        {
            await Console.Error.WriteLineAsync(problem.Message);
            return 1;
        }

        await Console.Out.WriteLineAsync(arguments.Json ? JsonSerializer.Serialize(new { id = made.Row.Id, token = made.Token, expiresAtUtc = made.Row.ExpiresAtUtc }) : made.Token);
        return 0;
    }

    private static async Task<int> RemoteAsync(RemotePortal remote, CliArguments arguments, string? org, TokenInput input, CancellationToken cancellationToken)
    {
        var path = org is null ? "api/v1/tokens" : $"api/v1/organizations/{Uri.EscapeDataString(org)}/tokens";
        var body = await remote.SendAsync(HttpMethod.Post, path, JsonContent.Create(input), cancellationToken);
        await Console.Out.WriteLineAsync(arguments.Json ? body.ToString() : body.GetProperty("token").GetString());
        return 0;
    }
}
