using System.Security.Cryptography;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A value that is given from outside, or made up once and kept.</summary>
public class ParameterResource(string name, Func<ParameterDefault?, string> callback, bool secret = false) : Resource(name)
{
    private readonly Lazy<string> _value = new(() => callback(null));

    /// <summary>Whether it may not be shown.</summary>
    public bool Secret => secret;

    /// <summary>The value.</summary>
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken) => new(_value.Value);
}

/// <summary>How a parameter gets its value where none is given.</summary>
public abstract class ParameterDefault
{
    /// <summary>A value; each call may give another.</summary>
    public abstract string GetDefaultValue();
}

/// <summary>Random letters and digits.</summary>
public sealed class GenerateParameterDefault : ParameterDefault
{
    /// <summary>How many.</summary>
    public int MinLength { get; set; } = 22;

    /// <summary>Aspire's switch for signs that are neither letter nor digit. There are none here, whatever it says: a connection string takes letters as they are.</summary>
    public bool Special { get; set; }

    /// <inheritdoc/>
    public override string GetDefaultValue() =>
        RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", MinLength);
}
