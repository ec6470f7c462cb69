using System.Text.Json;

namespace Kener.Contracts;

/// <summary>Where the results of a monitor come from.</summary>
public enum CheckedBy
{
    /// <summary>From an agent that knows the type.</summary>
    Agents,
    /// <summary>From the Monitors service, which evaluates what it has stored.</summary>
    Clock,
    /// <summary>From people alone.</summary>
    People,
}

/// <summary>
/// Describes a type of monitor: what its <c>type_data</c> holds, and who checks it. Monitors validates and masks by it, agents read by it.
/// </summary>
/// <param name="Name">API v4's <c>monitor_type</c>.</param>
/// <param name="CheckedBy">Where its results come from.</param>
/// <param name="Fields">The fields of its <c>type_data</c>. Others are kept and ignored.</param>
/// <param name="Sample">An example of <c>type_data</c>, as JSON.</param>
public sealed record MonitorType(string Name, CheckedBy CheckedBy, IReadOnlyList<TypeField> Fields, string Sample)
{
    /// <summary>Names a further field that this data needs because of other fields; null where it needs none.</summary>
    public Func<JsonElement, string?> NeedsFurther { get; init; } = _ => null;

    /// <summary>
    /// Throws <see cref="FieldException"/> for the first field with a wrong value. Missing fields are right. Looks at those alone of which
    /// <paramref name="only"/> is true; null for all.
    /// </summary>
    public void Check(JsonElement data, Func<string, bool>? only = null)
    {
        foreach (var field in Fields)
            if ((only is null || only(field.Name)) && TypeField.Given(data, field.Name) is { } value) field.Check(value, field.Name);
    }

    /// <summary>The path of the first required field that is missing or empty; null where there is none, so that the monitor can be checked.</summary>
    public string? Missing(JsonElement data) =>
        Fields.Select(field => field.Missing(TypeField.Given(data, field.Name), field.Name)).FirstOrDefault(path => path is not null) ?? NeedsFurther(data);
}

/// <summary>A field of <c>type_data</c> has a wrong value. Says which field and what to give, and never what is in it.</summary>
/// <param name="path">Such as "timeout" or "hosts[0].port".</param>
/// <param name="rule">What to give.</param>
public sealed class FieldException(string path, string rule) : Exception($"{path}: {rule}");

/// <summary>Why a monitor that has a schedule is not checked.</summary>
public enum CheckObstacle : byte
{
    /// <summary>A required field of its <c>type_data</c> is missing.</summary>
    FieldMissing = 1,
    /// <summary>No agent knows its type.</summary>
    NoAgent = 2,
}
