using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting
{
    /// <summary>A resource that others find by its name.</summary>
    public interface IResourceWithServiceDiscovery : IResourceWithEndpoints;

    /// <summary>A project that the app host refers to.</summary>
    public interface IProjectMetadata : IResourceAnnotation
    {
        /// <summary>The project's file.</summary>
        string ProjectPath { get; }

        /// <summary>Whether it is built already.</summary>
        bool SuppressBuild => false;
    }
}

namespace Kener.LocalHosting
{
    /// <summary>What build/Kener.LocalHosting.targets writes for each project that the app host refers to.</summary>
    public interface IBuiltProject : IProjectMetadata
    {
        /// <summary>What its build made.</summary>
        string AssemblyPath { get; }
    }
}
