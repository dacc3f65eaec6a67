using Hexabase.Portal.Cli;
using Hexabase.Portal.Hosting;

return await CommandLine.TryRunAsync(args, CancellationToken.None) ?? await PortalProgram.RunAsync(args);
