using System.Xml.Linq;
using Hexabase.Portal.Data;
using Hexabase.Portal.Kernel;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.EntityFrameworkCore;

namespace Hexabase.Portal.Access;

/// <summary>Keeps the keys that protect cookies in the database, so that every replica reads what another one wrote.</summary>
public sealed class DataProtectionKeyStore(PortalDatabase database) : IXmlRepository
{
    // The framework's interface is synchronous. It is called at the start and when a key is made (every 90 days), never within a request's usual path.
    public IReadOnlyCollection<XElement> GetAllElements() => Task.Run(ReadAsync).GetAwaiter().GetResult();

    public void StoreElement(XElement element, string friendlyName) => Task.Run(() => WriteAsync(element, friendlyName)).GetAwaiter().GetResult();

    private async Task<IReadOnlyCollection<XElement>> ReadAsync() =>
        (await database.ReadAsync(DataScope.Platform, db => db.Set<StoredDataProtectionKey>().OrderBy(k => k.Id).ToListAsync(), CancellationToken.None)).ConvertAll(k => k.ToElement());

    private async Task WriteAsync(XElement element, string friendlyName)
    {
        await using var open = await database.OpenAsync(DataScope.Platform, forWriting: true, CancellationToken.None);
        open.Db.Add(new StoredDataProtectionKey { Id = Ids.New(), FriendlyName = friendlyName, Xml = element.ToString(SaveOptions.DisableFormatting) });
#pragma warning disable RS0030 // A key of the framework's; nobody's change.
        await open.Db.SaveChangesAsync(CancellationToken.None);
#pragma warning restore RS0030
        await open.CommitAsync(CancellationToken.None);
    }
}
