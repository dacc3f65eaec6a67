using Hexabase.Portal.Kernel;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Shell;

/// <summary>A part of a page that asks and sends by itself: a form, a drawer. It acts for the page's viewer and stops when it is taken away.</summary>
public abstract class PortalPart : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _left = new();

    [Parameter, EditorRequired] public required Actor Actor { get; set; }

    /// <summary>The organization's slug.</summary>
    [Parameter] public string Org { get; set; } = "";

    [Inject] protected IPortal Portal { get; set; } = default!;

    [Inject] protected Text T { get; set; } = default!;

    [Inject] protected Display Display { get; set; } = default!;

    [Inject] protected NavigationManager Navigation { get; set; } = default!;

    [Inject] protected Controls.Toasts Toasts { get; set; } = default!;

    protected CancellationToken Left => _left.Token;

    /// <summary>What was last refused, for <see cref="FormProblem"/> or a problem bar.</summary>
    protected Problem? Problem { get; set; }

    /// <summary>True while a command is under way: buttons wait.</summary>
    protected bool IsSending { get; private set; }

    protected async Task<TAnswer?> AskAsync<TAnswer>(Query<TAnswer> query)
    {
        var result = await Portal.AskAsync(Actor, query, Left);
        if (result.TryGet(out var value, out var problem)) return value;
        Problem = problem;
        return default;
    }

    /// <summary>Sends once, however often the button is pressed; a refusal is kept in <see cref="Problem"/>.</summary>
    /// <returns>True where the command was done.</returns>
    protected async Task<(bool Done, TAnswer? Answer)> SendAsync<TAnswer>(Command<TAnswer> command)
    {
        if (IsSending) return (false, default);
        (IsSending, Problem) = (true, null);
        try
        {
            var result = await Portal.SendAsync(Actor, command, Left);
            if (result.TryGet(out var value, out var problem)) return (true, value);
            Problem = problem;
            return (false, default);
        }
        finally
        {
            IsSending = false;
        }
    }

    protected string Url(string path) => Org.Length == 0 ? $"/{path}" : $"/o/{Org}/{path}";

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (!disposing) return;
        _left.Cancel();
        _left.Dispose();
    }
}
