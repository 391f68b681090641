"""Customers."""

from fastapi import APIRouter, Depends, HTTPException

from app.models import Customer
from app.store import Store, get_store

router = APIRouter(prefix="/customers", tags=["customers"])


@router.get("")
def list_customers(store: Store = Depends(get_store)) -> list[Customer]:
    return store.customers()


@router.get("/{customer_id}")
def get_customer(customer_id: int, store: Store = Depends(get_store)) -> Customer:
    customer = store.customer(customer_id)
    if customer is None:
        raise HTTPException(status_code=404, detail="customer not found")
    return customer
