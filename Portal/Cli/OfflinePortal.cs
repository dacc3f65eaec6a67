using Hexabase.Portal.Data;
using Hexabase.Portal.Hosting;
using Hexabase.Portal.Kernel;

namespace Hexabase.Portal.Cli;

/// <summary>The portal's core on its database, without serving: for verbs while the portal does not run.</summary>
internal sealed class OfflinePortal : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private OfflinePortal(PortalGround ground, ServiceProvider services) => (Ground, _services) = (ground, services);

    public static Actor Operator { get; } = Actor.System("command line");

    public PortalGround Ground { get; }

    public IPortal Portal => _services.GetRequiredService<IPortal>();

    public Migrator Migrator => _services.GetRequiredService<Migrator>();

    public T Service<T>()
        where T : notnull => _services.GetRequiredService<T>();

    /// <summary>Works on the queue until the job has ended; prints what came of it and answers the exit code.</summary>
    public async Task<int> RunJobAsync(Guid job, bool json, CancellationToken cancellationToken)
    {
        var runner = Service<JobRunner>();
        await runner.StartAsync(cancellationToken);
        try
        {
            return await JobSight.FollowAsync(LookAsync, json, cancellationToken);
        }
        finally
        {
            await runner.StopAsync(CancellationToken.None);
        }

        async Task<JobSight> LookAsync(CancellationToken token)
        {
            var row = await Portal.AskAsync(Operator, new GetJob(job), token);
            return row.TryGet(out var found, out var problem) ? JobSight.Of(found) : throw new CliRefusedException(problem.Message);
        }
    }

    /// <param name="withStorage">For verbs that keep files: uploads wait where those of the serving portal do.</param>
    public static async Task<OfflinePortal> OpenAsync(CliArguments arguments, CancellationToken cancellationToken, bool withStorage = false)
    {
        var builder = PortalProgram.CreateBuilder(arguments.HostArguments);
        var logs = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Warning).AddConsole(o => o.LogToStandardErrorThreshold = LogLevel.Trace));
        var ground = await PortalGround.StartAsync(builder.Configuration, builder.Environment.ContentRootPath, logs, cancellationToken);
        if (withStorage) StorageDefaults.Apply(builder.Configuration, ground.DataDirectory);
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(builder.Configuration);
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning)
            // A command that fails is told by the verb; the look for the migrations' table fails on every new database.
            .AddFilter("Microsoft.EntityFrameworkCore.Database.Command", LogLevel.None).AddConsole(o => o.LogToStandardErrorThreshold = LogLevel.Trace));
        services.AddPortalCore(provider => ground.CreateEngine(provider.GetRequiredService<ILoggerFactory>()));
        PortalSlices.Register(services);
        return new OfflinePortal(ground, services.BuildServiceProvider());
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await Ground.DisposeAsync();
    }
}
