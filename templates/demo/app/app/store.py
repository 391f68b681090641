"""The shop's data, kept in memory."""

from app.models import Customer, Product


class Store:
    """Customers and products by id. One per process."""

    def __init__(self) -> None:
        self._customers = {
            1: Customer(id=1, name="Ada"),
            2: Customer(id=2, name="Grace"),
        }
        self._products = {
            1: Product(id=1, name="Tea", price_cents=450),
            2: Product(id=2, name="Coffee", price_cents=620),
            3: Product(id=3, name="Cocoa", price_cents=380),
        }

    def customers(self) -> list[Customer]:
        return list(self._customers.values())

    def customer(self, customer_id: int) -> Customer | None:
        return self._customers.get(customer_id)

    def products(self) -> list[Product]:
        return list(self._products.values())


_store = Store()


def get_store() -> Store:
    """The store that requests use; tests put another one in its place."""
    return _store
