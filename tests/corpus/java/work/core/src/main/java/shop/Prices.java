package shop;

import java.util.Map;

/** What things cost. */
public final class Prices {
  private final Map<String, Integer> cents = Map.of("pen", 120, "cup", 450);

  public int of(String thing) {
    Integer found = cents.get(thing);
    if (found == null) {
      throw new IllegalArgumentException("unknown: " + thing);
    }
    return found;
  }
}
