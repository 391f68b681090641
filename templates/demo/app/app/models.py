"""What the shop knows about, as it goes over the wire."""

from pydantic import BaseModel


class Customer(BaseModel):
    id: int
    name: str


class Product(BaseModel):
    id: int
    name: str
    price_cents: int
