namespace Hexabase.Portal.Kernel;

/// <summary>One kind of long work. Registered with <c>AddJobHandler</c>; made anew for each run.</summary>
public interface IJobHandler
{
    /// <summary>Runs the job; called again from the start if the process died. Throws <see cref="OperationCanceledException"/> when canceled; must then leave nothing behind.</summary>
    Task<JobOutcome> RunAsync(JobContext context, CancellationToken cancellationToken);
}

/// <summary>How a job ended. <see cref="Commit"/> runs in the same transaction as the job's end and its audit entry.</summary>
/// <param name="Result">Serialised as the job's result.</param>
public sealed record JobOutcome(JobState State, object? Result = null, IReadOnlyList<JobMessage>? Errors = null, IReadOnlyList<JobMessage>? Warnings = null)
{
    public Func<WriteScope, CancellationToken, Task>? Commit { get; init; }

    public static JobOutcome Failed(string code, string message) => new(JobState.Failed, Errors: [new JobMessage(null, null, code, message)]);
}

/// <summary>One finding of a job. <see cref="Row"/> counts data records from 1; <see cref="Column"/> is the header name; <see cref="Count"/> = how often; <see cref="Found"/> = what stands there, safe to show.</summary>
public sealed record JobMessage(long? Row, string? Column, string Code, string Message, long? Count = null, string? Found = null);
