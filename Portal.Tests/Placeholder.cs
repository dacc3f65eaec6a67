namespace Hexabase.Portal;
public class PlaceholderTest { [Xunit.Fact] public void One() => Xunit.Assert.Equal(2, 1 + 1); }
