using System.Security.Cryptography;
using System.Text;

namespace Hexabase.Portal.Integrations.Siem;

/// <summary>Leaves out, masks, hashes and renames fields as a sink's rules say.</summary>
internal sealed class SinkRedaction
{
    private const string Mask = "***";
    private readonly (AuditField Field, FieldTreatment Treatment)[] _rules;
    private readonly byte[] _key;

    public SinkRedaction(IReadOnlyDictionary<string, FieldRule>? rules, string hashKey)
    {
        _key = Convert.FromBase64String(hashKey);
        var treatments = new List<(AuditField, FieldTreatment)>();
        string?[]? names = null;
        foreach (var (name, rule) in rules ?? new Dictionary<string, FieldRule>(StringComparer.Ordinal))
        {
            if (!AuditFields.TryFind(name, out var field)) continue;
            if (rule.Treatment != FieldTreatment.Keep) treatments.Add((field, rule.Treatment));
            if (rule.As is not null) (names ??= new string?[AuditFields.Count])[(int)field] = rule.As;
        }

        _rules = [.. treatments];
        Names = names;
    }

    public string?[]? Names { get; }

    public void Apply(AuditEvent audited)
    {
        var resource = false;
        foreach (var (field, treatment) in _rules)
        {
            if (audited[field] is not { } value) continue;
            audited.Replace(field, treatment switch
            {
                FieldTreatment.Drop => null,
                FieldTreatment.Mask => Mask,
                _ => Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(value))),
            });
            resource |= field is AuditField.ResourceId or AuditField.ResourceKind;
        }

        // "resource" is made of kind and id: what is hidden there is hidden here.
        if (resource && !Array.Exists(_rules, r => r.Field == AuditField.Resource))
            audited.Replace(AuditField.Resource, (audited[AuditField.ResourceKind], audited[AuditField.ResourceId]) switch { (null, var id) => id, (var kind, null) => kind, var (kind, id) => $"{kind}/{id}" });
    }
}
