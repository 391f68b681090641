import pytest
import subprocess
import sys

import shop


def test_assertion():
    assert shop.route("/health")[0] == 200


def test_parameter_not_there():
    assert shop.price("tea", rounded=True) == 300


def test_constructor_parameter_not_there():
    assert shop.Cart(owner="me").owner == "me"


def test_key_not_there():
    assert shop.price("mate") == 510


def test_header_not_there():
    assert shop.headers()["X-Total"] == "3"


def test_attribute_not_there():
    shop.Cart().clear()


def test_function_not_there():
    assert shop.latest() == 1


def test_import_in_body():
    from shop import latest

    assert latest() == 1


def test_usage_error_in_process():
    assert shop.main(["--json"]).json


def test_usage_error_of_a_command():
    done = subprocess.run([sys.executable, "-c", "import shop; shop.main(['--json'])"], capture_output=True)
    assert done.returncode == 0


def test_check_of_a_command():
    subprocess.run([sys.executable, "-c", "import shop; shop.main(['--json'])"], check=True, capture_output=True)


def test_value_error_of_the_code():
    assert shop.parse("x") == "x"


def test_name_error_of_the_code():
    assert shop.total(shop.Cart(), discount=1) == 0


def test_raises_what_is_not_raised_yet():
    with pytest.raises(KeyError):
        shop.price("coffee", rounded=True)


def test_own_name_error():
    if not hasattr(shop, "latest"):
        lastest()


def test_own_name_error_on_both():
    assert clinet.get("/") == 1


def test_wrong_fixture(clinet):
    assert clinet


def test_passes_on_both():
    assert shop.price("tea") == 300


@pytest.fixture
def cart():
    return shop.Cart(owner="me")


def test_fixture_that_uses_what_is_new(cart):
    assert cart.owner == "me"


@pytest.mark.parametrize("name", ["tea", "mate"])
def test_parameters(name):
    assert shop.price(name, rounded=True) > 0


def test_skips_itself():
    pytest.skip("not today")
