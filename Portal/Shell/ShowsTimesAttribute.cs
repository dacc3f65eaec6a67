namespace Hexabase.Portal.Shell;

/// <summary>A page without a circuit that shows times: a browser whose zone is not known yet tells it first and loads the page again before anything is seen.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class ShowsTimesAttribute : Attribute;
