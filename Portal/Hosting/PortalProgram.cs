using System.Globalization;
using System.Runtime.InteropServices;
using Hexabase.Portal.Data.Embedded;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Samples;

namespace Hexabase.Portal.Hosting;

/// <summary>The serving process: database, host, and an orderly end of both.</summary>
internal static class PortalProgram
{
    public static async Task<int> RunAsync(string[] args)
    {
        using var stopping = new CancellationTokenSource();
        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        try
        {
            var hostArguments = SampleStart.Take(args, out var sample);
            await ServeAsync(CreateBuilder(hostArguments), sample, stopping.Token);
            return 0;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return 0;
        }
        catch (Exception e) when (e is PortalStartException or EmbeddedPostgresException)
        {
            await Console.Error.WriteLineAsync($"The portal cannot start. {e.Message}");
            return 1;
        }

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stopping.Cancel();
        }
    }

    public static WebApplicationBuilder CreateBuilder(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        if (!builder.Environment.IsDevelopment()) builder.WebHost.UseStaticWebAssets();
        builder.WebHost.UseUrls(Url(builder.Configuration));
        if (builder.Configuration.GetValue<bool>("Logging:Json")) builder.Logging.ClearProviders().AddJsonConsole(o => (o.UseUtcTimestamp, o.TimestampFormat) = (true, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'"));
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(30));
        return builder;
    }

    private static async Task ServeAsync(WebApplicationBuilder builder, string? sample, CancellationToken cancellationToken)
    {
        using var logs = LoggerFactory.Create(logging => logging.AddConfiguration(builder.Configuration.GetSection("Logging")).AddConsole());
        await using var ground = await PortalGround.StartAsync(builder.Configuration, builder.Environment.ContentRootPath, logs, cancellationToken);
        StorageDefaults.Apply(builder.Configuration, ground.DataDirectory);
        builder.Services.AddSingleton(ground);
        builder.Services.AddBackups();
        builder.Services.AddHostedService<WarmUp>();
        await using var app = PortalHost.Build(builder, provider => ground.CreateEngine(provider.GetRequiredService<ILoggerFactory>()));
        await app.Services.GetRequiredService<PortalStartup>().RunAsync(cancellationToken);
        await app.StartAsync(cancellationToken);
        await AnnounceAsync(app);
        if (sample is not null) await SampleStart.RunAsync(app.Services.GetRequiredService<IPortal>(), sample, cancellationToken);
        await using var registration = cancellationToken.Register(() => app.Lifetime.StopApplication());
        await app.WaitForShutdownAsync(CancellationToken.None);
    }

    private static async Task AnnounceAsync(WebApplication app)
    {
        var address = app.Urls.FirstOrDefault() ?? "";
        await Console.Out.WriteLineAsync($"Hexabase Portal listens on {address}");
        if (app.Services.GetRequiredService<PortalStartup>().SetupToken is { } token)
            await Console.Out.WriteLineAsync($"There is no administrator yet. Open this link once, within 24 hours, to become the first:\n  {address}/setup/{token}");
    }

    private static string Url(ConfigurationManager configuration)
    {
        var portText = configuration["PORTAL_PORT"];
        var port = 8080;
        if (!string.IsNullOrEmpty(portText) && (!int.TryParse(portText, NumberStyles.None, CultureInfo.InvariantCulture, out port) || port > 65535))
            throw new PortalStartException($"PORTAL_PORT is '{portText}'; it is a number from 0 to 65535.");
        var bind = configuration["PORTAL_BIND"] is { Length: > 0 } given ? given : "127.0.0.1";
        if (bind.Contains(':', StringComparison.Ordinal) && bind[0] != '[') bind = $"[{bind}]";
        return string.Create(CultureInfo.InvariantCulture, $"http://{bind}:{port}");
    }
}
