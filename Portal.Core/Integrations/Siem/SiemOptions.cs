using System.ComponentModel.DataAnnotations;

namespace Hexabase.Portal.Integrations.Siem;

/// <summary>Settings "Siem": what an operator decides for all sinks.</summary>
public sealed class SiemOptions
{
    /// <summary>HOSTNAME of syslog messages and host of HEC events; null = the machine's name.</summary>
    public string? HostName { get; init; }

    /// <summary>IANA private enterprise number in the names of structured data; 32473 is set aside for examples.</summary>
    [Range(1, int.MaxValue)]
    public int EnterpriseNumber { get; init; } = 32473;

    /// <summary>Below it file sinks write, one folder an organization; null = no file sinks.</summary>
    public string? FileDirectory { get; init; }

    /// <summary>HEC and HTTPS receivers may be called without TLS: for networks that protect it themselves.</summary>
    public bool AllowPlainHttp { get; init; }

    /// <summary>
    /// Seconds for which entries that a syslog receiver has read to the end stay ready to be sent again: it acknowledges nothing and may lose what it holds in memory when it is
    /// killed. Entries count as delivered after them.
    /// </summary>
    [Range(0, 3600)]
    public int SyslogSafeSeconds { get; init; } = 30;

    /// <summary>At most so long a syslog connection takes messages before it is closed in order, which is the only sign that they were read.</summary>
    [Range(1, 60)]
    public int SyslogConfirmSeconds { get; init; } = 2;

    /// <summary>Seconds without any progress after which a receiver counts as stalled.</summary>
    [Range(1, 600)]
    public int StallSeconds { get; init; } = 30;

    /// <summary>The longest pause between two attempts, seconds.</summary>
    [Range(1, 3600)]
    public int MaxRetrySeconds { get; init; } = 60;

    /// <summary>Seconds after which a HEC indexer that has not acknowledged gets the batch again.</summary>
    [Range(1, 3600)]
    public int AcknowledgeSeconds { get; init; } = 120;
}
