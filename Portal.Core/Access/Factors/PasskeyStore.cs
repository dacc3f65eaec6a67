using System.Security.Cryptography;
using Hexabase.Portal.Data;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access.Factors;

/// <summary>
/// What ASP.NET Core Identity's WebAuthn code (<see cref="PasskeyHandler{TUser}"/>) asks of a store: people by id and their passkeys. It only reads; changes are commands.
/// </summary>
public sealed class PasskeyStore(PortalDatabase database) : IUserPasskeyStore<User>
{
    public Task<string> GetUserIdAsync(User user, CancellationToken cancellationToken) => Task.FromResult(user.Id.ToString());

    public Task<string?> GetUserNameAsync(User user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.UserName);

    public Task<string?> GetNormalizedUserNameAsync(User user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.NormalizedUserName);

    public Task<User?> FindByIdAsync(string userId, CancellationToken cancellationToken) =>
        Guid.TryParse(userId, out var id) ? ReadAsync(db => db.Set<User>().AsNoTracking().SingleOrDefaultAsync(u => u.Id == id && u.IsActive, cancellationToken), cancellationToken) : Task.FromResult<User?>(null);

    public Task<User?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) =>
        ReadAsync(db => db.Set<User>().AsNoTracking().SingleOrDefaultAsync(u => u.NormalizedUserName == normalizedUserName && u.IsActive, cancellationToken), cancellationToken);

    public async Task<IList<UserPasskeyInfo>> GetPasskeysAsync(User user, CancellationToken cancellationToken) =>
        (await ReadAsync(db => db.Set<Passkey>().AsNoTracking().Where(p => p.UserId == user.Id).OrderBy(p => p.Id).ToListAsync(cancellationToken), cancellationToken)).ConvertAll(InfoOf);

    public async Task<User?> FindByPasskeyIdAsync(byte[] credentialId, CancellationToken cancellationToken)
    {
        var hash = SHA256.HashData(credentialId);
        return await ReadAsync(db => db.Set<Passkey>().Where(p => p.CredentialHash == hash).Join(db.Set<User>(), p => p.UserId, u => u.Id, (p, u) => u).AsNoTracking().SingleOrDefaultAsync(cancellationToken), cancellationToken);
    }

    public async Task<UserPasskeyInfo?> FindPasskeyAsync(User user, byte[] credentialId, CancellationToken cancellationToken)
    {
        var hash = SHA256.HashData(credentialId);
        var found = await ReadAsync(db => db.Set<Passkey>().AsNoTracking().SingleOrDefaultAsync(p => p.CredentialHash == hash && p.UserId == user.Id, cancellationToken), cancellationToken);
        return found is null ? null : InfoOf(found);
    }

    public Task AddOrUpdatePasskeyAsync(User user, UserPasskeyInfo passkey, CancellationToken cancellationToken) => throw OnlyReads();

    public Task RemovePasskeyAsync(User user, byte[] credentialId, CancellationToken cancellationToken) => throw OnlyReads();

    public Task SetUserNameAsync(User user, string? userName, CancellationToken cancellationToken) => throw OnlyReads();

    public Task SetNormalizedUserNameAsync(User user, string? normalizedName, CancellationToken cancellationToken) => throw OnlyReads();

    public Task<IdentityResult> CreateAsync(User user, CancellationToken cancellationToken) => throw OnlyReads();

    public Task<IdentityResult> UpdateAsync(User user, CancellationToken cancellationToken) => throw OnlyReads();

    public Task<IdentityResult> DeleteAsync(User user, CancellationToken cancellationToken) => throw OnlyReads();

    public void Dispose()
    {
        // Nothing is held between calls.
    }

    private async Task<T> ReadAsync<T>(Func<PortalDbContext, Task<T>> read, CancellationToken cancellationToken) => await database.ReadAsync(DataScope.Platform, read, cancellationToken);

    // Attestation is not kept: the portal trusts the key, not the maker of the device.
    private static UserPasskeyInfo InfoOf(Passkey p) => new(
        p.CredentialId, p.PublicKey, new DateTimeOffset(p.CreatedAtUtc, TimeSpan.Zero), (uint)p.SignCount, p.Transports.Length == 0 ? [] : p.Transports.Split(' '),
        isUserVerified: true, p.IsBackupEligible, p.IsBackedUp, attestationObject: [], clientDataJson: []) { Name = p.Name };

    private static NotSupportedException OnlyReads() => new("Accounts and passkeys are changed by commands, never by the framework.");
}
