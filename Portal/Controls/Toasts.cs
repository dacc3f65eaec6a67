namespace Hexabase.Portal.Controls;

/// <summary>One message. <paramref name="Action"/>: a verb ("Undo") and what it does.</summary>
public sealed record Toast(long Id, string Message, Tone Tone, (string Verb, Func<Task> Do)? Action);

/// <summary>Quiet messages of one circuit, read politely by screen readers. They go after 6 s (errors and those with an action after 12 s); at most four stand at once.</summary>
public sealed class Toasts(TimeProvider clock) : IDisposable
{
    private const int Most = 4;
    private readonly Lock _gate = new();
    private readonly Dictionary<long, ITimer> _timers = [];
    private List<Toast> _shown = [];
    private long _last;

    public IReadOnlyList<Toast> Shown => _shown;

    public event Action? Changed;

    /// <summary>May be called from any thread.</summary>
    public void Show(string message, Tone tone = Tone.Info, (string Verb, Func<Task> Do)? action = null)
    {
        lock (_gate)
        {
            // The same words again are one message that stays longer.
            foreach (var same in _shown.Where(toast => toast.Message == message && toast.Tone == tone).ToArray()) Drop(same.Id);
            var toast = new Toast(++_last, message, tone, action);
            _shown = [.. _shown, toast];
            while (_shown.Count > Most) Drop(_shown[0].Id);
            var stays = TimeSpan.FromSeconds(tone == Tone.Bad || action is not null ? 12 : 6);
            _timers[toast.Id] = clock.CreateTimer(_ => Close(toast.Id), null, stays, Timeout.InfiniteTimeSpan);
        }

        Changed?.Invoke();
    }

    public void Close(long id)
    {
        lock (_gate)
        {
            if (!Drop(id)) return;
        }

        Changed?.Invoke();
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var timer in _timers.Values) timer.Dispose();
            _timers.Clear();
        }
    }

    private bool Drop(long id)
    {
        if (_timers.Remove(id, out var timer)) timer.Dispose();
        var before = _shown.Count;
        _shown = _shown.Where(toast => toast.Id != id).ToList();
        return _shown.Count < before;
    }
}
