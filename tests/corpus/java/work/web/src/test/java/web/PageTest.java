package web;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class PageTest {
  @Test
  void row() {
    assertEquals("pen 120", new Page().row("pen"));
  }

  @Test
  void ac1Foot() {
    assertEquals("", new Page().foot());
  }

  @Nested
  class Heads {
    @Test
    void ac2Head() {
      Head head = new Page().head("pen");
      assertEquals("pen", head.text());
    }
  }
}
