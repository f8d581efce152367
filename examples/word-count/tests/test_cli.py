import contextlib
import io
import tempfile
import unittest
from pathlib import Path

from wordcount.cli import main


def call(*arguments: str) -> tuple[int, str, str]:
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err:
        code = main(arguments)
    return code, out.getvalue(), err.getvalue()


class CommandLine(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = Path(folder.name, "note.txt")
        self.file.write_text("Ebb and flow.", encoding="utf-8")

    def test_files_are_counted_together(self) -> None:
        code, out, _ = call(str(self.file), str(self.file))
        self.assertEqual(code, 0)
        self.assertTrue(out.startswith("6 words, 3 different, 2 sentences"))

    def test_json_is_one_line(self) -> None:
        code, out, _ = call("--json", "--top", "1", str(self.file))
        self.assertEqual((code, out), (0, '{"words": 3, "sentences": 1, "top": [["and", 1]]}\n'))

    def test_a_missing_file_is_one_clear_line(self) -> None:
        code, out, err = call("nowhere.txt")
        self.assertEqual((code, out, err), (1, "", "wordcount: nowhere.txt: No such file or directory\n"))


if __name__ == "__main__":
    unittest.main()
