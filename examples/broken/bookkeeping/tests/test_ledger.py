import unittest
from datetime import date
from decimal import Decimal

from bookkeeping.entries import parse_entries
from bookkeeping.ledger import Ledger
from bookkeeping.report import months, summary

TEXT = """
2024-03-01;wage;2000
2024-03-02;rent;-700
2024-03-05;food;-12.80;bakery
2024-04-01;wage;2000
2024-04-03;food;-31.20
"""


class LedgerTest(unittest.TestCase):
    def setUp(self):
        self.ledger = Ledger(parse_entries(TEXT))

    def test_the_balance_is_the_sum(self):
        self.assertEqual(self.ledger.balance(), Decimal("3256.00"))
        self.assertEqual(Ledger([]).balance(), Decimal(0))

    def test_both_days_are_included(self):
        part = self.ledger.between(date(2024, 3, 2), date(2024, 4, 1))
        self.assertEqual([entry.category for entry in part.entries], ["rent", "food", "wage"])

    def test_one_day_is_a_range(self):
        part = self.ledger.between(date(2024, 3, 1), date(2024, 3, 1))
        self.assertEqual([entry.category for entry in part.entries], ["wage"])

    def test_what_is_before_is_left_out(self):
        part = self.ledger.between(date(2024, 4, 2), date(2024, 12, 31))
        self.assertEqual([entry.category for entry in part.entries], ["food"])

    def test_a_range_may_be_empty(self):
        self.assertEqual(self.ledger.between(date(2024, 5, 1), date(2024, 6, 1)).entries, [])

    def test_the_whole_range_is_everything(self):
        self.assertEqual(len(self.ledger.between(date(2024, 1, 1), date(2024, 12, 31)).entries), 5)

    def test_sums_by_category(self):
        sums = self.ledger.by_category()
        self.assertEqual(sums, {"wage": Decimal(4000), "rent": Decimal(-700), "food": Decimal("-44.00")})

    def test_the_balance_after_each_payment(self):
        self.assertEqual(self.ledger.running()[:3], [Decimal(2000), Decimal(1300), Decimal("1287.20")])
        self.assertEqual(self.ledger.running()[-1], self.ledger.balance())

    def test_the_largest_expense(self):
        self.assertEqual(self.ledger.largest_expense().category, "rent")
        self.assertIsNone(Ledger([]).largest_expense())

    def test_the_summary_is_a_table(self):
        lines = summary(self.ledger).splitlines()
        self.assertEqual(lines[0], "rent          -700.00")
        self.assertEqual(lines[-1], "balance      3,256.00")

    def test_payments_are_counted_by_month(self):
        self.assertEqual(months(self.ledger), {"2024-03": 3, "2024-04": 2})
