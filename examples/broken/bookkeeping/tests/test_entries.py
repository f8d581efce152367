import unittest
from datetime import date
from decimal import Decimal

from bookkeeping.entries import Entry, parse_entries, parse_entry


class EntriesTest(unittest.TestCase):
    def test_a_line_is_an_entry(self):
        entry = parse_entry("2024-03-05; Food ;-12.80;bakery")
        self.assertEqual(entry, Entry(date(2024, 3, 5), "food", Decimal("-12.80"), "bakery"))

    def test_the_note_may_be_left_out(self):
        self.assertEqual(parse_entry("2024-03-05;rent;-700").note, "")

    def test_too_few_fields_are_refused(self):
        with self.assertRaisesRegex(ValueError, "too few fields"):
            parse_entry("2024-03-05;rent")

    def test_comments_and_empty_lines_are_passed_over(self):
        entries = parse_entries("# March\n\n2024-03-01;wage;2,000\n  2024-03-02;rent;-700\n")
        self.assertEqual([entry.category for entry in entries], ["wage", "rent"])
