from shop import latest


def test_top_level_import():
    assert latest() == 1
