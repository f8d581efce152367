import unittest

from wordcount.words import split_sentences, split_words


class SplitWords(unittest.TestCase):
    def test_case_and_punctuation_do_not_matter(self) -> None:
        self.assertEqual(list(split_words("Rain, rain - RAIN!")), ["rain"] * 3)

    def test_an_apostrophe_belongs_to_its_word(self) -> None:
        self.assertEqual(list(split_words("It\u2019s the keeper's 'lamp'")), ["it's", "the", "keeper's", "lamp"])

    def test_digits_are_no_words(self) -> None:
        self.assertEqual(list(split_words("at 12 o'clock")), ["at", "o'clock"])

    def test_an_empty_text_has_no_words(self) -> None:
        self.assertEqual(list(split_words("")), [])


class SplitSentences(unittest.TestCase):
    def test_each_mark_ends_a_sentence(self) -> None:
        self.assertEqual(split_sentences("Go! Now? Yes.\nDone."), ["Go!", "Now?", "Yes.", "Done."])


if __name__ == "__main__":
    unittest.main()
