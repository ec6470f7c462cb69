namespace Kener.ServiceDefaults.Json;

/// <summary>A field of a request: <c>default</c> if it was not sent; otherwise its value, which is null if null was sent.</summary>
/// <param name="Value">The value; <c>default</c> if the field was not sent.</param>
public readonly record struct Optional<T>(T Value)
{
    /// <summary>Whether the request has the field.</summary>
    public bool IsSent { get; } = true;

    /// <summary>Returns the value, or <paramref name="otherwise"/> if the field was not sent.</summary>
    public T Or(T otherwise) => IsSent ? Value : otherwise;
}
