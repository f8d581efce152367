import json
import unittest

from wordcount.counts import Counts, count
from wordcount.report import as_json, as_text


class Report(unittest.TestCase):
    def test_the_text_has_a_bar_for_each_word(self) -> None:
        lines = as_text(count("Tide in. Tide out."), 1).splitlines()
        self.assertEqual(lines, ["4 words, 3 different, 2 sentences", "tide     2  ##"])

    def test_json_says_the_same(self) -> None:
        self.assertEqual(
            json.loads(as_json(count("a a b"), 2)), {"words": 3, "sentences": 1, "top": [["a", 2], ["b", 1]]}
        )

    def test_nothing_counted_is_reported_too(self) -> None:
        self.assertEqual(as_text(Counts(), 5), "0 words, 0 different, 0 sentences")


if __name__ == "__main__":
    unittest.main()
