using Hexabase.Portal.Hosting;

return await PortalProgram.RunAsync(args);
