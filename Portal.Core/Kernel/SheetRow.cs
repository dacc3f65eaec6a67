using System.Buffers;
using System.Globalization;
using System.Text;

namespace Hexabase.Portal.Kernel;

/// <summary>A cell of a sheet.</summary>
/// <param name="Text">Null = an empty cell.</param>
/// <param name="IsNumber">The text is a canonical decimal, kept with every digit, whatever a spreadsheet then shows.</param>
public readonly record struct SheetCell(string? Text, bool IsNumber = false);

/// <summary>Writes a row of a <see cref="SheetFile"/>. Text stands as an inline string, which no spreadsheet takes for a formula.</summary>
public static class SheetRow
{
    /// <summary>Characters that a cell holds; what is longer is cut.</summary>
    public const int MaxCharacters = 32_767;

    /// <summary>XML's own signs, the beginning of an escape, and what XML 1.0 cannot hold.</summary>
    private static readonly SearchValues<char> Special = SearchValues.Create([.. Enumerable.Range(0, 32).Select(c => (char)c).Where(c => c is not ('\t' or '\n')), '&', '<', '>', '_', '\uFFFE', '\uFFFF']);

    public static bool IsCut(string? text) => text?.Length > MaxCharacters;

    public static void Write(ReadOnlySpan<SheetCell> cells, IBufferWriter<byte> into)
    {
        into.Write("<row>"u8);
        foreach (var (text, isNumber) in cells)
        {
            if (text is null) into.Write("<c/>"u8);
            else if (isNumber)
            {
                into.Write("<c><v>"u8);
                Encoding.UTF8.GetBytes(text, into);
                into.Write("</v></c>"u8);
            }
            else
            {
                into.Write("<c t=\"inlineStr\"><is><t xml:space=\"preserve\">"u8);
                Escape(Fitting(text), into);
                into.Write("</t></is></c>"u8);
            }
        }

        into.Write("</row>\n"u8);
    }

    private static ReadOnlySpan<char> Fitting(string text) => !IsCut(text) ? text : text.AsSpan(0, char.IsHighSurrogate(text[MaxCharacters - 1]) ? MaxCharacters - 1 : MaxCharacters);

    private static void Escape(ReadOnlySpan<char> text, IBufferWriter<byte> into)
    {
        for (int at; (at = text.IndexOfAny(Special)) >= 0; text = text[(at + 1)..])
        {
            Encoding.UTF8.GetBytes(text[..at], into);
            switch (text[at])
            {
                case '&': into.Write("&amp;"u8); break;
                case '<': into.Write("&lt;"u8); break;
                case '>': into.Write("&gt;"u8); break;
                case '\r': into.Write("&#13;"u8); break;
                // ECMA-376 22.9.2.19: _xHHHH_ stands for a character; what merely looks so gets its first sign escaped.
                case '_' when !LooksEscaped(text[at..]): into.Write("_"u8); break;
                case var other: Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"_x{(int)other:X4}_"), into); break;
            }
        }

        Encoding.UTF8.GetBytes(text, into);
    }

    private static bool LooksEscaped(ReadOnlySpan<char> text) =>
        text.Length >= 7 && text[1] == 'x' && text[6] == '_' && char.IsAsciiHexDigit(text[2]) && char.IsAsciiHexDigit(text[3]) && char.IsAsciiHexDigit(text[4]) && char.IsAsciiHexDigit(text[5]);
}
