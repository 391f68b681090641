from fastapi.testclient import TestClient


def test_list_has_every_customer(client: TestClient) -> None:
    response = client.get("/customers")
    assert response.status_code == 200
    assert [customer["name"] for customer in response.json()] == ["Ada", "Grace"]


def test_customer_by_id(client: TestClient) -> None:
    assert client.get("/customers/2").json() == {"id": 2, "name": "Grace"}


def test_unknown_customer_is_404(client: TestClient) -> None:
    response = client.get("/customers/9")
    assert response.status_code == 404
    assert response.json() == {"detail": "customer not found"}
