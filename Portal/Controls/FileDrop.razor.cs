using Hexabase.Portal.Shell;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Hexabase.Portal.Controls;

/// <summary>A finished upload: the file's name, the HTTP status and the body of the answer (at most 20,000 characters).</summary>
public sealed record Uploaded(string FileName, int Status, string Body);

/// <summary>Takes files by drag, click or keyboard. The browser posts each straight to <see cref="Url"/> with the antiforgery header and shows progress; nothing goes over the circuit but the answer.</summary>
public sealed partial class FileDrop : IDisposable
{
    private ElementReference _drop;
    private DotNetObjectReference<FileDrop>? _self;

    /// <summary>Address that takes a multipart POST (field <c>file</c>), or the raw bytes where <see cref="Raw"/> is set; <c>{name}</c> in it becomes the file's name.</summary>
    [Parameter, EditorRequired] public required string Url { get; set; }

    [Parameter] public bool Raw { get; set; }

    /// <summary>As in HTML: ".csv,.csv.gz".</summary>
    [Parameter] public string? Accept { get; set; }

    [Parameter] public bool Many { get; set; }

    /// <summary>Larger files are refused before they are sent.</summary>
    [Parameter] public long? MaxBytes { get; set; }

    [Parameter] public string? Words { get; set; }

    [Parameter] public string? Help { get; set; }

    [Parameter] public EventCallback<Uploaded> OnUploaded { get; set; }

    /// <summary>Called with the reason where the file was not taken (status 0: not sent or no answer).</summary>
    [Parameter] public EventCallback<Uploaded> OnRefused { get; set; }

    [Inject] private Browser Browser { get; set; } = default!;

    [Inject] private Text T { get; set; } = default!;

    [Inject] private Display Display { get; set; } = default!;

    [JSInvokable] public Task Done(string name, int status, string body) => InvokeAsync(() => OnUploaded.InvokeAsync(new(name, status, body)));

    [JSInvokable] public Task Refused(string name, string reason, int status) => InvokeAsync(() => OnRefused.InvokeAsync(new(name, status, reason)));

    public void Dispose() => _self?.Dispose();

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender) return;
        _self = DotNetObjectReference.Create(this);
        await Browser.CallAsync("portal.upload", _drop, _self, new
        {
            url = Url,
            raw = Raw,
            maxBytes = MaxBytes,
            tooLarge = T["controls.drop.tooLarge", Display.Bytes(MaxBytes)],
            offline = T["controls.drop.offline"],
        });
    }
}
