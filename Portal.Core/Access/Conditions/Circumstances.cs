using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Workspaces;

namespace Hexabase.Portal.Access.Conditions;

/// <summary>What conditions may ask of a workspace.</summary>
/// <param name="Labels">Of the workspace.</param>
/// <param name="Owner">The user name of whoever owns it, as written on the workspace.</param>
public sealed record PlaceFacts(
    WorkspaceEnvironment Environment, DataClassification Classification, IReadOnlyList<string> Regions, IReadOnlyDictionary<string, string> Labels, string? Owner);

/// <summary>The moment, the caller and the place that conditions are evaluated against. Lives on the stack; what is asked twice is worked out once.</summary>
public ref struct Circumstances
{
    private TimeZoneInfo? _zone;
    private DateTime _local;

    public Circumstances(Actor actor, DateTime nowUtc, AccessTarget target)
    {
        NowUtc = nowUtc;
        Actor = actor;
        Facts = target.Facts;
        HasWorkspace = target.WorkspaceId is not null;
        IsNarrowed = target.IsNarrowed;
    }

    public DateTime NowUtc { get; }

    public Actor Actor { get; }

    public PlaceFacts? Facts { get; }

    /// <summary>The place is a workspace or below one; without <see cref="Facts"/> what it is like cannot be told.</summary>
    public bool HasWorkspace { get; }

    /// <summary>What is asked for is decided once more for each of its rows.</summary>
    public bool IsNarrowed { get; }

    /// <summary>What a question about the place comes to where there are no facts.</summary>
    public readonly Outcome WithoutFacts => HasWorkspace ? Outcome.Unknown : Outcome.NotApplicable;

    public DateTime LocalIn(TimeZoneInfo zone)
    {
        if (ReferenceEquals(zone, _zone)) return _local;
        _zone = zone;
        return _local = TimeZoneInfo.ConvertTimeFromUtc(NowUtc, zone);
    }

    /// <summary>The caller's address as 128 bits, IPv4 mapped; null where none is known.</summary>
    public readonly UInt128? Address => Actor.IpAddress is { } text ? AddressBits.Read(text) : null;
}

/// <summary>Addresses as numbers: comparing a network costs one mask.</summary>
internal static class AddressBits
{
    [ThreadStatic]
    private static string? _lastText;

    [ThreadStatic]
    private static UInt128? _last;

    public static UInt128? Read(string text)
    {
        // One caller asks many times in a row, with the very same text.
        if (ReferenceEquals(text, _lastText)) return _last;
        _last = IPAddress.TryParse(text, out var ip) ? Of(ip) : null;
        _lastText = text;
        return _last;
    }

    public static UInt128 Of(IPAddress ip)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (ip.AddressFamily == AddressFamily.InterNetwork)
        {
            bytes.Clear();
            bytes[10] = bytes[11] = 0xFF;
            ip.TryWriteBytes(bytes[12..], out _);
        }
        else
        {
            ip.TryWriteBytes(bytes, out _);
        }

        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    /// <param name="bits">The prefix's length in the address's own family.</param>
    public static UInt128 Mask(IPAddress ip, int bits)
    {
        var length = ip.AddressFamily == AddressFamily.InterNetwork ? bits + 96 : bits;
        return length == 0 ? UInt128.Zero : UInt128.MaxValue << (128 - length);
    }
}
