package shop;

import static org.junit.jupiter.api.Assertions.*;
import org.junit.jupiter.api.*;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MoreTest {
  @Test
  @DisplayName("a cup costs")
  void cup() {
    assertEquals(451, new Prices().of("cup"));
  }

  @Test
  void throwsIt() {
    new Prices().of("tea");
  }

  @Disabled("later")
  @Test
  void later() {}

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void many(int n) {
    assertTrue(n < 2);
  }

  @Test
  void named(TestInfo info) {
    assertNotNull(info);
  }

  @Nested
  class Inner {
    @Test
    void within() {
      assertEquals(450, new Prices().of("cup"));
    }
  }
}
class BadSetupTest {
  @BeforeAll
  static void boom() { throw new IllegalStateException("no setup"); }
  @Test
  void never() {}
}
