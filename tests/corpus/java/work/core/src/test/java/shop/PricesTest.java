package shop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import org.junit.jupiter.api.Test;

class PricesTest {
  @Test
  void penHasItsPrice() {
    assertEquals(120, new Prices().of("pen"));
  }
}
