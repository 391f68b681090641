"""What tests share."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from app.main import create_app
from app.store import Store, get_store


@pytest.fixture
def client() -> Iterator[TestClient]:
    """A client of an application with a store of its own."""
    app = create_app()
    store = Store()
    app.dependency_overrides[get_store] = lambda: store
    with TestClient(app) as test_client:
        yield test_client
