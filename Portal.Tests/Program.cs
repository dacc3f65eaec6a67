using Hexabase.Portal.Benchmarks;

// The test runner, or with --benchmark one of the benchmarks.
return args is ["--benchmark", .. var rest]
    ? await BenchmarkProgram.RunAsync(rest)
    : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
