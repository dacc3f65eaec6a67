using System.Linq.Expressions;

namespace Hexabase.Portal.Kernel;

/// <summary>Puts one expression in the place of another, to build a query's condition of parts.</summary>
internal sealed class ExpressionSwap : ExpressionVisitor
{
    private readonly Expression _from, _to;

    private ExpressionSwap(Expression from, Expression to) => (_from, _to) = (from, to);

    public static Expression In(Expression whole, Expression from, Expression to) => new ExpressionSwap(from, to).Visit(whole) ?? whole;

    public override Expression? Visit(Expression? node) => node == _from ? _to : base.Visit(node);
}
