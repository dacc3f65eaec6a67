using System.Globalization;

namespace Hexabase.Portal.Data.Embedded;

/// <summary>
/// The system user the server runs as. PostgreSQL refuses to run as root, so a portal started as root runs it as the owner of the cluster
/// (a cluster made earlier by an ordinary user stays that user's) or, for a new one, as Debian's user <c>postgres</c>.
/// </summary>
/// <param name="UserId">Numeric user.</param>
/// <param name="GroupId">Numeric group.</param>
/// <param name="Drops">True when the portal is root and has to become this user for the server.</param>
internal sealed record ServerUser(uint UserId, uint GroupId, bool Drops)
{
    private const string Setpriv = "/usr/bin/setpriv";

    /// <summary>Command in front of the server's own that becomes the user; empty when the portal already is it.</summary>
    internal IReadOnlyList<string> Prefix => Drops
        ? [Setpriv, $"--reuid={UserId}", $"--regid={GroupId}", "--clear-groups", "--inh-caps=-all", "--no-new-privs", "--"]
        : [];

    internal static async Task<ServerUser> ForAsync(string clusterDirectory, CancellationToken cancellationToken)
    {
        if (!Posix.IsRoot)
            return new ServerUser(Posix.UserId, 0, Drops: false);
        if (!File.Exists(Setpriv))
        {
            throw new EmbeddedPostgresException(EmbeddedPostgresFault.BinariesMissing,
                "The portal runs as root and needs setpriv (Debian package \"util-linux\") to run PostgreSQL as another user. Install it, or start the portal as an ordinary user.");
        }

        var owner = await Posix.OwnerAsync(clusterDirectory, cancellationToken);
        return owner is { UserId: not 0 }
            ? new ServerUser(owner.UserId, owner.GroupId, Drops: true)
            : new ServerUser(await IdAsync("-u", cancellationToken), await IdAsync("-g", cancellationToken), Drops: true);
    }

    /// <summary>Makes the user own a path (and what is below it); does nothing when the portal runs as that user.</summary>
    internal async Task TakeAsync(string path, bool recursive, CancellationToken cancellationToken)
    {
        if (!Drops)
            return;
        var owner = string.Create(CultureInfo.InvariantCulture, $"{UserId}:{GroupId}");
        string[] arguments = recursive ? ["-R", "-h", owner, "--", path] : ["-h", owner, "--", path];
        var (exit, output) = await Posix.RunAsync("/bin/chown", arguments, cancellationToken);
        if (exit != 0)
            throw new EmbeddedPostgresException(EmbeddedPostgresFault.CannotStart, $"\"{path}\" cannot be handed to user {UserId}: {output.Trim()}");
    }

    private static async Task<uint> IdAsync(string option, CancellationToken cancellationToken)
    {
        var (exit, output) = await Posix.RunAsync("/usr/bin/id", [option, "postgres"], cancellationToken);
        return exit == 0
            ? uint.Parse(output.Trim(), CultureInfo.InvariantCulture)
            : throw new EmbeddedPostgresException(EmbeddedPostgresFault.BinariesMissing,
                "The portal runs as root and there is no system user \"postgres\" for the server. Install the Debian package \"postgresql\", which makes it, or start the portal as an ordinary user.");
    }
}
