// Blazor marks its render tree as internal by analyzer; a renderer for tests has no other way in (bUnit reads it the same way).
#pragma warning disable BL0006
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.RenderTree;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hexabase.Portal.Support.Components;

/// <summary>Renders components into HTML text; an event handler becomes the attribute <c>blazor:onclick="id"</c>.</summary>
internal sealed class TestRenderer(IServiceProvider services) : Renderer(services, NullLoggerFactory.Instance)
{
    private Exception? _failure;

    public override Dispatcher Dispatcher { get; } = Dispatcher.CreateDefault();

    public int Renders { get; private set; }

    public event Action? Rendered;

    public async Task<(int Id, IComponent Component)> MountAsync(Type type, ParameterView parameters)
    {
        var mounted = await Dispatcher.InvokeAsync(() =>
        {
            var component = InstantiateComponent(type);
            var id = AssignRootComponentId(component);
            // Not awaited to the end: a test looks at what stands while a load is under way. Failures arrive at HandleException.
            _ = RenderRootComponentAsync(id, parameters);
            return (id, component);
        });
        ThrowIfFailed();
        return mounted;
    }

    public async Task UpdateAsync(int id, ParameterView parameters)
    {
        await Dispatcher.InvokeAsync(() => { _ = RenderRootComponentAsync(id, parameters); });
        ThrowIfFailed();
    }

    public async Task RaiseAsync(ulong handler, EventArgs args)
    {
        await Dispatcher.InvokeAsync(() => { _ = DispatchEventAsync(handler, null, args); });
        ThrowIfFailed();
    }

    public Task<string> HtmlAsync(int id) => Dispatcher.InvokeAsync(() =>
    {
        var html = new StringBuilder();
        WriteComponent(id, html);
        return html.ToString();
    });

    public void ThrowIfFailed()
    {
        if (_failure is { } failure) throw new InvalidOperationException("The component failed: " + failure.Message, failure);
    }

    protected override void HandleException(Exception exception) => _failure = exception;

    protected override Task UpdateDisplayAsync(in RenderBatch renderBatch)
    {
        Renders++;
        Rendered?.Invoke();
        return Task.CompletedTask;
    }

    private void WriteComponent(int id, StringBuilder html)
    {
        var frames = GetCurrentRenderTreeFrames(id);
        Write(frames.Array, 0, frames.Count, html);
    }

    private void Write(RenderTreeFrame[] frames, int from, int to, StringBuilder html)
    {
        for (var i = from; i < to;)
        {
            ref var frame = ref frames[i];
            switch (frame.FrameType)
            {
                case RenderTreeFrameType.Element:
                    WriteElement(frames, i, html);
                    i += frame.ElementSubtreeLength;
                    break;
                case RenderTreeFrameType.Component:
                    WriteComponent(frame.ComponentId, html);
                    i += frame.ComponentSubtreeLength;
                    break;
                case RenderTreeFrameType.Text:
                    html.Append(HtmlEncoder.Default.Encode(frame.TextContent));
                    i++;
                    break;
                case RenderTreeFrameType.Markup:
                    html.Append(frame.MarkupContent);
                    i++;
                    break;
                default:
                    // Regions are looked into; captures and keys draw nothing.
                    i++;
                    break;
            }
        }
    }

    private void WriteElement(RenderTreeFrame[] frames, int at, StringBuilder html)
    {
        var name = frames[at].ElementName;
        var end = at + frames[at].ElementSubtreeLength;
        html.Append('<').Append(name);
        var i = at + 1;
        for (; i < end && frames[i].FrameType == RenderTreeFrameType.Attribute; i++) WriteAttribute(frames[i], html);
        html.Append('>');
        Write(frames, i, end, html);
        if (name is not ("input" or "br" or "img" or "meta" or "link" or "hr")) html.Append("</").Append(name).Append('>');
    }

    private static void WriteAttribute(RenderTreeFrame frame, StringBuilder html)
    {
        if (frame.AttributeEventHandlerId > 0)
        {
            html.Append(CultureInfo.InvariantCulture, $" blazor:{frame.AttributeName}=\"{frame.AttributeEventHandlerId}\"");
        }
        else if (frame.AttributeValue is true)
        {
            html.Append(' ').Append(frame.AttributeName);
        }
        else if (frame.AttributeValue is string text)
        {
            html.Append(' ').Append(frame.AttributeName).Append("=\"").Append(HtmlEncoder.Default.Encode(text)).Append('"');
        }
    }
}
