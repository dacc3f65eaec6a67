using System.Collections.Immutable;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;

namespace Hexabase.Portal.Data.PostgreSql;

/// <summary>The statement that inserts one row of a type, made once from the model: every column that the portal itself fills.</summary>
internal sealed class RowInsert
{
    /// <summary>Only makes parameters.</summary>
    private static readonly NpgsqlCommand Maker = new();

    private readonly ImmutableArray<IProperty> _columns;
    private readonly string _positional;
    private readonly string _named;

    /// <param name="returning">A column that the database fills and answers.</param>
    public RowInsert(IEntityType type, IProperty? returning = null)
    {
        _columns = [.. type.GetProperties().Where(p => p != returning)];
        _positional = Statement(type, returning, i => $"${i + 1}");
        _named = Statement(type, returning, i => $"@{Name(i)}");
    }

    /// <summary>As a statement of a batch of its own.</summary>
    public NpgsqlBatchCommand ToBatchCommand(object row)
    {
        var command = new NpgsqlBatchCommand(_positional);
        for (var i = 0; i < _columns.Length; i++) command.Parameters.Add(Parameter(i, "", row));
        return command;
    }

    /// <summary>Behind the statements that the command has already.</summary>
    public void AppendTo(NpgsqlCommand command, object row)
    {
        command.CommandText = $"{command.CommandText};\n{_named}";
        for (var i = 0; i < _columns.Length; i++) command.Parameters.Add(Parameter(i, Name(i), row));
    }

    private NpgsqlParameter Parameter(int column, string name, object row) =>
        (NpgsqlParameter)_columns[column].GetRelationalTypeMapping().CreateParameter(Maker, name, _columns[column].GetGetter().GetClrValue(row), _columns[column].IsNullable);

    private string Statement(IEntityType type, IProperty? returning, Func<int, string> placeholder) =>
        $"INSERT INTO \"{type.GetTableName()}\" ({string.Join(", ", _columns.Select(Quoted))}) VALUES ({string.Join(", ", _columns.Select((_, i) => placeholder(i)))}){(returning is null ? "" : $" RETURNING {Quoted(returning)}")}";

    private static string Quoted(IProperty column) => $"\"{column.GetColumnName()}\"";

    private static string Name(int column) => $"last_{column}";
}
