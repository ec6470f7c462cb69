using System.Text.Json;

namespace Kener.Contracts;

/// <summary>Where the results of a monitor come from.</summary>
public enum CheckedBy
{
    /// <summary>An agent that knows the type.</summary>
    Agents,
    /// <summary>The Monitors service, which evaluates stored data by the clock.</summary>
    Clock,
    /// <summary>People only.</summary>
    People,
}

/// <summary>
/// Describes a monitor type: the fields of its <c>type_data</c> and what checks it. Monitors validates and masks by it, agents read by it.
/// </summary>
/// <param name="Name">API v4's <c>monitor_type</c>.</param>
/// <param name="CheckedBy">Where its results come from.</param>
/// <param name="Fields">The fields of its <c>type_data</c>. Other fields are kept and ignored.</param>
/// <param name="Sample">An example of <c>type_data</c>, as JSON.</param>
public sealed record MonitorType(string Name, CheckedBy CheckedBy, IReadOnlyList<TypeField> Fields, string Sample)
{
    /// <summary>Returns the name of a field that is required because of the values of other fields; null if none is.</summary>
    public Func<JsonElement, string?> NeedsFurther { get; init; } = _ => null;

    /// <summary>
    /// Throws <see cref="FieldException"/> for the first field with an invalid value. Missing fields are valid. Checks only the fields for which
    /// <paramref name="only"/> returns true, or all if it is null.
    /// </summary>
    public void Check(JsonElement data, Func<string, bool>? only = null)
    {
        foreach (var field in Fields)
            if ((only is null || only(field.Name)) && TypeField.Given(data, field.Name) is { } value) field.Check(value, field.Name);
    }

    /// <summary>
    /// Returns the path of the first required field that is missing or empty; null if none is, which means that the monitor can be checked.
    /// </summary>
    public string? Missing(JsonElement data) =>
        Fields.Select(field => field.Missing(TypeField.Given(data, field.Name), field.Name)).FirstOrDefault(path => path is not null) ?? NeedsFurther(data);
}

/// <summary>A field of <c>type_data</c> has an invalid value. The message names the field and the rule, never the value.</summary>
/// <param name="path">The field's path, such as "timeout" or "hosts[0].port".</param>
/// <param name="rule">What a valid value is, as an instruction such as "give true or false".</param>
public sealed class FieldException(string path, string rule) : Exception($"{path}: {rule}");

/// <summary>Why a monitor that has a schedule cannot be checked.</summary>
public enum CheckObstacle : byte
{
    /// <summary>A required field of its <c>type_data</c> is missing.</summary>
    FieldMissing = 1,
    /// <summary>No agent knows its type.</summary>
    NoAgent = 2,
}
