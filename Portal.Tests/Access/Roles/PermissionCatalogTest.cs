using System.Reflection;
using System.Text.RegularExpressions;
using Hexabase.Portal.Kernel;
using Hexabase.Portal.Shell;
using Shouldly;
using Xunit;

namespace Hexabase.Portal.Access.Roles;

/// <summary>Roles, permissions and places agree with the commands and queries there are.</summary>
public sealed class PermissionCatalogTest
{
    private static readonly IReadOnlyList<Type> Messages = [.. typeof(Message).Assembly.GetTypes().Where(t => !t.IsAbstract && !t.IsGenericTypeDefinition && typeof(Message).IsAssignableFrom(t))];

    /// <summary>Messages that name a workspace, project or unit and are still decided at the organization, each with its reason.</summary>
    private static readonly Dictionary<string, string> DecidedAtTheOrganization = new(StringComparer.Ordinal)
    {
        ["PlaceAuditHold"] = "a legal hold is the organization's, over a workspace's entries",
    };

    [Fact]
    public void EveryMessage_NamesAPermission_OrSaysWhyNot()
    {
        foreach (var type in Messages)
        {
            var message = (Message)System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(type);
            (message.Permission is not null || message.AllowsAnonymous || message.AllowsAnySignedIn).ShouldBeTrue(type.Name);
            if (message.Permission is { } permission) PermissionCatalog.All.Single(p => p.Permission == permission.ToString()).UsedBy.ShouldContain(type.Name);
        }
    }

    [Fact]
    public void EveryPatternOfARole_StandsForAPermission()
    {
        BuiltInRoles.All.SelectMany(r => r.Permissions.Where(p => !PermissionCatalog.Knows(p)).Select(p => $"{r.Name}: {p}")).ShouldBeEmpty();
        PermissionCatalog.Knows("moon:read").ShouldBeFalse();
        PermissionCatalog.Knows("costs").ShouldBeFalse();
        PermissionCatalog.Knows("-costs:export").ShouldBeTrue();
    }

    [Fact]
    public void TheThirteenRolesOfTheSpecification_AreThere_WithWordsInBothLanguages()
    {
        var names = BuiltInRoles.Assignable.Select(r => r.Name).ToList();
        names.Count.ShouldBe(13);
        var texts = TextCatalog.Load(typeof(ShellModule).Assembly);
        foreach (var language in new[] { "en", "ja" })
        {
            foreach (var name in names)
            {
                texts.Of(language).ContainsKey($"role.{name}").ShouldBeTrue(name);
                texts.Of(language).ContainsKey($"role.{name}.about").ShouldBeTrue(name);
            }

            foreach (var permission in PermissionCatalog.Permissions)
            {
                texts.Of(language).ContainsKey($"permission.area.{permission.Area}").ShouldBeTrue($"{language} {permission}");
                texts.Of(language).ContainsKey($"permission.verb.{permission.Verb}").ShouldBeTrue($"{language} {permission}");
            }
        }

        BuiltInRoles.All.ShouldAllBe(r => r.NarrowestScope >= r.WidestScope);
    }

    [Fact]
    public void Auditor_ReadsAll_AndChangesNothing()
    {
        var auditor = BuiltInRoles.Find(BuiltInRoles.Auditor).ShouldNotBeNull();
        foreach (var permission in PermissionCatalog.Permissions)
        {
            if (permission.Verb == "read") auditor.Allows(permission).ShouldBeTrue(permission.ToString());
            else if (permission.Verb is not "export" && permission.Area != "views") auditor.Allows(permission).ShouldBeFalse(permission.ToString());
        }
    }

    [Fact]
    public void EveryMessageAboutAPlace_IsDecidedThere()
    {
        var offenders = Messages
            .Where(t => t.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).SelectMany(c => c.GetParameters()).Any(p => Regex.IsMatch(p.Name ?? "", "^(Workspace|Project|BusinessUnit|Unit)(Id)?$", RegexOptions.None, TimeSpan.FromSeconds(1))))
            .Where(t => !((Message)System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(t)).AllowsAnonymous)
            .Where(t => t.GetMethod(nameof(Message.TargetAsync)).ShouldNotBeNull().DeclaringType == typeof(Message))
            .Select(t => t.Name).Where(n => !DecidedAtTheOrganization.ContainsKey(n)).ToList();
        offenders.ShouldBeEmpty();
    }
}
