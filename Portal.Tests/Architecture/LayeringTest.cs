using System.Reflection;
using System.Text.RegularExpressions;
using Hexabase.Portal.Kernel;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Architecture;

/// <summary>The house rules that a compiler does not keep.</summary>
public sealed partial class LayeringTest
{
    private static readonly Assembly Core = typeof(IPortal).Assembly;

    [Fact]
    public void Core_KnowsNoPagesAndNoHttpServer()
    {
        var referenced = Core.GetReferencedAssemblies().Select(a => a.Name ?? "").ToList();

        referenced.ShouldNotContain(n => n.StartsWith("Microsoft.AspNetCore.Components", StringComparison.Ordinal));
        referenced.ShouldNotContain(n => n.StartsWith("Microsoft.AspNetCore.Mvc", StringComparison.Ordinal));
        referenced.ShouldNotContain("Microsoft.AspNetCore.Server.Kestrel");
        referenced.ShouldNotContain(n => n.StartsWith("Radzen", StringComparison.Ordinal));
    }

    [Fact]
    public void EveryMessage_NamesItsPermissionOrSaysWhyNot()
    {
        // An export takes over what its list says; it has no answer of its own.
        foreach (var type in Core.GetTypes().Where(t => !t.IsAbstract && !t.IsGenericTypeDefinition && typeof(Message).IsAssignableFrom(t)))
        {
            var message = (Message)System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(type);
            var open = message.AllowsAnonymous || message.AllowsAnySignedIn;
            (message.Permission is not null || open).ShouldBeTrue($"{type.Name} names no permission");
        }
    }

    [Fact]
    public void EveryMessage_IsSealedAndNamedByItsVerb()
    {
        foreach (var type in Core.GetTypes().Where(t => !t.IsAbstract && typeof(Message).IsAssignableFrom(t)))
        {
            type.IsSealed.ShouldBeTrue(type.Name);
            ForbiddenNames().IsMatch(type.Name).ShouldBeFalse(type.Name);
        }
    }

    [Fact]
    public void NoType_CarriesAnEmptyName()
    {
        var offenders = Core.GetTypes().Where(t => t.IsPublic && ForbiddenNames().IsMatch(t.Name)).Select(t => t.FullName);
        offenders.ShouldBeEmpty();
    }

    [GeneratedRegex("(Manager|Helper|Util|Utils|Dto|Impl|V2)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ForbiddenNames();
}
