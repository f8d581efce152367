from orchestrator.workspace.edits.nearest import nearest_region


def test_the_region_that_shares_rare_words_is_nearest() -> None:
    lines = [f"value_{number} = compute(value_{number - 1})" for number in range(10_000)]
    lines[7_000:7_002] = ["def settle(invoice):", "    return invoice.total"]
    region = nearest_region(lines, ["def settle(invoices):", "    return invoice.totals"])
    assert region is not None
    assert region.line == 7_001
    assert region.lines == ("def settle(invoice):", "    return invoice.total")


def test_where_nothing_is_like_it_there_is_no_region() -> None:
    assert nearest_region(["alpha", "beta"], ["gamma()"]) is None
    assert nearest_region([], ["gamma()"]) is None
    assert nearest_region(["alpha"], []) is None


def test_a_region_is_no_longer_than_the_search_and_its_lines_are_cut() -> None:
    lines = ["word " * 1_000] * 500
    region = nearest_region(lines, ["word " * 1_000] * 400)
    assert region is not None
    assert len(region.lines) == 60
    assert max(map(len, region.lines)) == 200


def test_a_search_longer_than_the_file_is_compared_with_all_of_it() -> None:
    region = nearest_region(["def f(x):", "    return x"], ["", "def f(x):", "    return y", "", "f(1)"])
    assert region is not None
    assert region.line == 1
