"""Tuples in Java under the names that recorded answers import: enough of a library for what they use of it."""

from collections.abc import Iterator, Mapping
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


def _members(name: str, types: str) -> Iterator[str]:
    given = ", ".join(f"{one} value{number}" for number, one in enumerate(types))
    passed = ", ".join(f"value{number}" for number in range(len(types)))
    generic = ", ".join(types)
    yield f"    public {name}({given}) {{ super({passed}); }}"
    yield f"    public static <{generic}> {name}<{generic}> with({given}) {{ return new {name}<>({passed}); }}"
    for number, one in enumerate(types):
        others = [f"getValue{place}()" for place in range(len(types))]
        others[number] = "value"
        after = ", ".join("X" if place == number else other for place, other in enumerate(types))
        yield '    @SuppressWarnings("unchecked")'
        yield f"    public {one} getValue{number}() {{ return ({one}) getValue({number}); }}"
        yield (f"    public <X> {name}<{after}> setAt{number}(X value) {{ return new {name}<>({', '.join(others)}); }}")


def _source(name: str, size: int) -> str:
    types = ascii_uppercase[:size]
    head = f"package org.javatuples;\n\npublic final class {name}<{', '.join(types)}> extends Tuple {{\n"
    return head + "\n\n".join(_members(name, types)) + "\n}\n"


SOURCES: Mapping[str, str] = {
    "org/javatuples/Tuple.java": _BASE,
    **{f"org/javatuples/{name}.java": _source(name, size) for size, name in enumerate(_NAMES, start=1)},
}
"""Path -> text."""
