using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Kener.Persistence.Tests")]
