"""Small projects of several languages, each with one number that its build prints."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

CARGO = '[package]\nname = "tiny"\nversion = "0.1.0"\nedition = "2021"\n\n[workspace]\n'
MAKEFILE = """
OBJS = main.o value.o other.o
prog: $(OBJS)
	$(CC) -o $@ $(OBJS)
%.o: %.c
	@echo compiling $<
	$(CC) -c -o $@ $<
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """A project.

    Attributes:
        needs: a command that works where the tools are there.
        files: without the one that is edited.
        edited: its path.
        text: its content for the number ``{n}``.
        build: builds; run: prints the number, after building where that is one step.
        edits: how many are tried in the suite.
        tools: whose toolchains are needed in a sandbox; readonly: further folders.
    """

    needs: Sequence[str]
    files: Mapping[str, str]
    edited: str
    text: str
    build: str
    run: str
    edits: int
    tools: Sequence[str] = ()
    readonly: Sequence[Path] = ()

    def content(self, number: int) -> str:
        """Of the edited file: of the same size for every number from 100 to 999."""
        return self.text.replace("{n}", str(number))


C = Language(
    needs=("make", "--version"),
    files={
        "Makefile": MAKEFILE,
        "main.c": '#include <stdio.h>\nint value(void);\nint main(void) { printf("%d\\n", value()); return 0; }\n',
        "other.c": "int other(void) { return 1; }\n",
    },
    edited="value.c",
    text="int value(void) { return {n}; }\n",
    build="make -s prog >&2",
    run="make -s prog >&2; ./prog",
    edits=12,
)
RUST = Language(
    needs=("cargo", "--version"),
    files={"Cargo.toml": CARGO, "src/main.rs": 'mod value;\nfn main() { println!("{}", value::VALUE); }\n'},
    edited="src/value.rs",
    text="pub const VALUE: u32 = {n};\n",
    build="cargo build --offline --quiet",
    run="cargo run --offline --quiet",
    edits=4,
    tools=("cargo",),
)
PYTHON = Language(
    needs=("python3", "--version"),
    files={"main.py": "import value\nprint(value.VALUE)\n"},
    edited="value.py",
    text="VALUE = {n}\n",
    build="python3 main.py",
    run="python3 main.py",
    edits=12,
    tools=("python3",),
)


def typescript(compiler: Path) -> Language:
    """A project of two parts for ``tsc --build``, which looks at times before it looks at contents."""
    tsconfig = (
        '{"compilerOptions": {"incremental": true, "composite": true, "types": [], "rootDir": "src", "outDir": "dist"}}'
    )
    build = f"node {compiler}/node_modules/typescript/lib/tsc.js --build"
    return Language(
        needs=("node", "--version"),
        files={
            "tsconfig.json": tsconfig.replace("}}", '}, "include": ["src"]}'),
            "src/main.ts": 'import { value } from "./value";\ndeclare const console: any;\nconsole.log(value);\n',
        },
        edited="src/value.ts",
        text="export const value = {n};\n",
        build=build,
        run=f"{build} && node dist/main.js",
        edits=3,
        tools=("node",),
        readonly=(compiler,),
    )


LANGUAGES: Mapping[str, Language] = {"C": C, "Rust": RUST, "Python": PYTHON}
