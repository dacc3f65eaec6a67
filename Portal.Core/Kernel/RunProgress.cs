namespace Hexabase.Portal.Kernel;

/// <summary>How far a run is: set by its handler, taken by its heartbeat.</summary>
internal sealed class RunProgress
{
    private readonly Lock _gate = new();
    private double _value;
    private string? _note;
    private bool _moved;

    public void Set(double value, string? note)
    {
        lock (_gate) (_value, _note, _moved) = (value, note, true);
    }

    public bool Take(out double value, out string? note)
    {
        lock (_gate)
        {
            (value, note) = (Math.Clamp(_value, 0, 1), _note);
            var moved = _moved;
            _moved = false;
            return moved;
        }
    }
}
