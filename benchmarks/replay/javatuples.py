"""Tuples in Java under the names that recorded answers import: enough of a library for what they use of it."""

from collections.abc import Iterator, Mapping, Sequence
from string import ascii_uppercase

__all__ = ["SOURCES"]

_NAMES = ("Unit", "Pair", "Triplet", "Quartet", "Quintet")

_BASE = """package org.javatuples;

import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;

public abstract class Tuple implements Iterable<Object>, Comparable<Tuple>, java.io.Serializable {
    private final Object[] values;

    protected Tuple(Object... values) { this.values = values; }

    public final int getSize() { return values.length; }

    public final Object getValue(int position) { return values[position]; }

    public final boolean contains(Object value) { return toList().contains(value); }

    public final int indexOf(Object value) { return toList().indexOf(value); }

    public final List<Object> toList() { return Collections.unmodifiableList(Arrays.asList(values)); }

    public final Object[] toArray() { return values.clone(); }

    @Override public final Iterator<Object> iterator() { return toList().iterator(); }

    @Override public final String toString() { return toList().toString(); }

    @Override public final int hashCode() { return Arrays.hashCode(values); }

    @Override public final boolean equals(Object other) {
        return other != null && getClass() == other.getClass() && Arrays.equals(values, ((Tuple) other).values);
    }

    @Override @SuppressWarnings({"unchecked", "rawtypes"})
    public int compareTo(Tuple other) {
        for (int at = 0; at < Math.min(getSize(), other.getSize()); at++) {
            int order = ((Comparable) values[at]).compareTo(other.values[at]);
            if (order != 0) return order;
        }
        return Integer.compare(getSize(), other.getSize());
    }
}
"""


def _list(words: Sequence[str]) -> str:
    return ", ".join(words)


def _head(name: str, types: str) -> Iterator[str]:
    given = _list([f"{one} value{number}" for number, one in enumerate(types)])
    passed = _list([f"value{number}" for number in range(len(types))])
    yield f"    public {name}({given}) {{ super({passed}); }}"
    made = f"<{_list(types)}> {name}<{_list(types)}>"
    yield f"    public static {made} with({given}) {{ return new {name}<>({passed}); }}"


def _places(name: str, types: str) -> Iterator[str]:
    """Reading and replacing the value at each place."""
    for number, one in enumerate(types):
        values, after = _values(types), list(types)
        values[number], after[number] = "value", "X"
        made = f"{name}<{_list(after)}>"
        yield '    @SuppressWarnings("unchecked")'
        yield f"    public {one} getValue{number}() {{ return ({one}) getValue({number}); }}"
        yield f"    public <X> {made} setAt{number}(X value) {{ return new {name}<>({_list(values)}); }}"


def _longer(name: str, types: str) -> Iterator[str]:
    """One more value, at each place."""
    for number in range(len(types) + 1):
        values, after = _values(types), list(types)
        values.insert(number, "value")
        after.insert(number, "X")
        called = ["add", f"addAt{number}"] if number == len(types) else [f"addAt{number}"]
        for method in called:
            yield f"    public <X> {name}<{_list(after)}> {method}(X value) {{ return new {name}<>({_list(values)}); }}"


def _shorter(name: str, types: str) -> Iterator[str]:
    """One value less, at each place."""
    for number in range(len(types)):
        values, after = _values(types), list(types)
        del values[number], after[number]
        yield f"    public {name}<{_list(after)}> removeFrom{number}() {{ return new {name}<>({_list(values)}); }}"


def _values(types: str) -> list[str]:
    return [f"getValue{place}()" for place in range(len(types))]


def _source(size: int) -> str:
    name, types = _NAMES[size - 1], ascii_uppercase[:size]
    members = [*_head(name, types), *_places(name, types)]
    members += _longer(_NAMES[size], types) if size < len(_NAMES) else []
    members += _shorter(_NAMES[size - 2], types) if size > 1 else []
    head = f"package org.javatuples;\n\npublic final class {name}<{_list(types)}> extends Tuple {{\n"
    return head + "\n".join(members) + "\n}\n"


SOURCES: Mapping[str, str] = {
    "org/javatuples/Tuple.java": _BASE,
    **{f"org/javatuples/{name}.java": _source(size) for size, name in enumerate(_NAMES, start=1)},
}
"""Path -> text."""
