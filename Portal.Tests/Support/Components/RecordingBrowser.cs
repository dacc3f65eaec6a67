using Microsoft.JSInterop;

namespace Hexabase.Portal.Support.Components;

/// <summary>A browser without a page: it writes down what it is asked and answers with nothing.</summary>
public sealed class RecordingBrowser : IJSRuntime
{
    private readonly List<(string Function, object?[] Arguments)> _calls = [];

    public IReadOnlyList<(string Function, object?[] Arguments)> Calls => _calls;

    public ValueTask<TValue> InvokeAsync<TValue>(string identifier, object?[]? args) => InvokeAsync<TValue>(identifier, CancellationToken.None, args);

    public ValueTask<TValue> InvokeAsync<TValue>(string identifier, CancellationToken cancellationToken, object?[]? args)
    {
        _calls.Add((identifier, args ?? []));
        return ValueTask.FromResult<TValue>(default!);
    }
}
