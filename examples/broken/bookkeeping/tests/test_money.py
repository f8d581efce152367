import unittest
from decimal import Decimal

from bookkeeping.money import format_amount, parse_amount, share


class MoneyTest(unittest.TestCase):
    def test_thousands_are_separated(self):
        self.assertEqual(parse_amount("1,234.50"), Decimal("1234.50"))
        self.assertEqual(format_amount(Decimal("1234.5")), "1,234.50")

    def test_signs_and_spaces(self):
        self.assertEqual(parse_amount("- 3"), Decimal("-3.00"))
        self.assertEqual(parse_amount("+7.5"), Decimal("7.50"))

    def test_what_is_no_amount_is_refused(self):
        with self.assertRaisesRegex(ValueError, "not an amount: 'ten'"):
            parse_amount("ten")

    def test_shares_add_up(self):
        self.assertEqual(sum(share(Decimal("0.05"), 4)), Decimal("0.05"))

    def test_shares_differ_by_a_cent_at_most(self):
        self.assertEqual(share(Decimal("10.00"), 3), [Decimal("3.34"), Decimal("3.33"), Decimal("3.33")])

    def test_the_first_ones_get_what_is_left(self):
        self.assertEqual(share(Decimal("0.02"), 4), [Decimal("0.01"), Decimal("0.01"), Decimal(0), Decimal(0)])

    def test_what_divides_evenly_is_divided_evenly(self):
        self.assertEqual(share(Decimal("9.00"), 3), [Decimal("3.00")] * 3)

    def test_one_part_is_the_whole(self):
        self.assertEqual(share(Decimal("7.77"), 1), [Decimal("7.77")])
