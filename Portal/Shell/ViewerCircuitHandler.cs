using System.Globalization;
using Microsoft.AspNetCore.Components.Server.Circuits;

namespace Hexabase.Portal.Shell;

/// <summary>Gives every event of a circuit its viewer's culture. The values are asynchronous locals, so one circuit never sees another's.</summary>
internal sealed class ViewerCircuitHandler(Viewer viewer) : CircuitHandler
{
    public override Func<CircuitInboundActivityContext, Task> CreateInboundActivityHandler(Func<CircuitInboundActivityContext, Task> next) => async context =>
    {
        CultureInfo.CurrentCulture = viewer.Culture;
        CultureInfo.CurrentUICulture = viewer.Culture;
        await next(context);
    };
}
