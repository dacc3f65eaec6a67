namespace Hexabase.Portal.Integrations.Outbound;

/// <summary>A call was refused or did not come about; <see cref="Code"/> is stable, the message is a sentence for the person who set the address up.</summary>
public sealed class OutboundException(string code, string message, Exception? inner = null) : IOException(message, inner)
{
    /// <summary>"outbound.address.closed", "outbound.name.unknown", "outbound.connect", "outbound.tls", "outbound.timeout" ...</summary>
    public string Code { get; } = code;
}
