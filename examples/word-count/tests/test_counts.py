import unittest

from wordcount.counts import Counts, add_up, count


class Count(unittest.TestCase):
    def test_words_and_sentences_are_counted(self) -> None:
        counts = count("The sea. The wind and the sea!")
        self.assertEqual((counts.total, counts.sentences, counts.words["the"]), (7, 2, 3))

    def test_equally_frequent_words_come_in_alphabetical_order(self) -> None:
        self.assertEqual(count("b a c b").top(3), [("b", 2), ("a", 1), ("c", 1)])

    def test_parts_add_up_to_the_whole(self) -> None:
        self.assertEqual(add_up([count("One two."), count("Two three.")]), count("One two. Two three."))

    def test_nothing_adds_up_to_nothing(self) -> None:
        self.assertEqual(add_up([]), Counts())


if __name__ == "__main__":
    unittest.main()
