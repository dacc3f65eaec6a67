using System.IO.Compression;
using System.Text;

namespace Hexabase.Portal.Access.Isolation;

/// <summary>The text of an answer whatever it is packed in: gzip, a workbook.</summary>
internal static class Unpacked
{
    public static string TextOf(byte[] body)
    {
        if (body is [0x1f, 0x8b, ..])
        {
            using var gzip = new GZipStream(new MemoryStream(body), CompressionMode.Decompress);
            using var plain = new MemoryStream();
            gzip.CopyTo(plain);
            return TextOf(plain.ToArray());
        }

        if (body is not [(byte)'P', (byte)'K', 3, 4, ..]) return Encoding.UTF8.GetString(body);
        using var zip = new ZipArchive(new MemoryStream(body));
        var all = new StringBuilder();
        foreach (var part in zip.Entries)
        {
            using var reader = new StreamReader(part.Open());
            all.Append(part.FullName).Append('\n').Append(reader.ReadToEnd()).Append('\n');
        }

        return all.ToString();
    }
}
