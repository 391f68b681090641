package web;

import shop.Prices;

public final class Page {
  public String row(String thing) {
    return thing + " " + new Prices().of(thing);
  }
}
