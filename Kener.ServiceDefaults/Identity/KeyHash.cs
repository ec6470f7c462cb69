using System.Security.Cryptography;
using System.Text;

namespace Kener.ServiceDefaults.Identity;

/// <summary>Hashes API keys; only the hash is stored. A key has 256 random bits, so a plain hash cannot be reversed by guessing.</summary>
public static class KeyHash
{
    /// <summary>Returns the SHA-256 of the key in lower-case hex.</summary>
    public static string Of(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
