using System.Security.Cryptography;
using System.Text;

namespace Kener.ServiceDefaults;

/// <summary>What is kept of an API key. A key has 256 random bits, so that a plain hash can not be guessed back.</summary>
public static class KeyHash
{
    /// <summary>SHA-256 in lower hex.</summary>
    public static string Of(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
