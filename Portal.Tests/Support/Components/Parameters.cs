using System.Linq.Expressions;
using Microsoft.AspNetCore.Components;

namespace Hexabase.Portal.Support.Components;

/// <summary>Parameters of a component by name: <c>p.Add(x =&gt; x.Title, "Costs").Content("Text")</c>.</summary>
public sealed class Parameters<T>
{
    private readonly Dictionary<string, object?> _values = [];

    internal ParameterView View => ParameterView.FromDictionary(_values);

    public Parameters<T> Add<TValue>(Expression<Func<T, TValue>> parameter, TValue value)
    {
        _values[((MemberExpression)parameter.Body).Member.Name] = value;
        return this;
    }

    public Parameters<T> Content(RenderFragment fragment)
    {
        _values["ChildContent"] = fragment;
        return this;
    }

    /// <summary>A callback that runs plain code.</summary>
    public Parameters<T> On<TValue>(Expression<Func<T, EventCallback<TValue>>> parameter, Action<TValue> callback) =>
        Add(parameter, EventCallback.Factory.Create(this, callback));
}
