"""The look of an SVG: one style sheet, for light and for dark surroundings; no colour is the only sign of anything."""

from collections.abc import Mapping

LABEL, CAPTION, TITLE = 13, 11, 16
"""Font sizes in pixels."""

_LIGHT: Mapping[str, str] = {
    ".page": "fill:#ffffff",
    ".title": "fill:#0f172a",
    ".label": "fill:#0f172a",
    ".caption": "fill:#526077",
    ".box": "fill:#f8fafc;stroke:#cbd5e1",
    ".edge": "stroke:#94a3b8",
    ".head": "fill:#94a3b8",
    ".bar": "fill:#64748b",
    ".run .bar": "fill:#3b82f6",
    ".gate .bar": "fill:#d97706",
    ".loop .bar": "fill:#8b5cf6",
    ".workflow .bar": "fill:#0d9488",
    ".mark": "stroke:#64748b",
    ".running .box": "fill:#eff6ff;stroke:#3b82f6",
    ".running .mark": "stroke:#2563eb",
    ".succeeded .box": "fill:#f0fdf4;stroke:#86c79b",
    ".succeeded .mark": "stroke:#15803d",
    ".failed .box": "fill:#fef2f2;stroke:#ef8f8f",
    ".failed .mark": "stroke:#dc2626",
    ".blocked .box": "fill:#fffbeb;stroke:#e0b252",
    ".blocked .mark": "stroke:#b45309",
}
_DARK: Mapping[str, str] = {
    ".page": "fill:#0d1220",
    ".title": "fill:#e8edf5",
    ".label": "fill:#e8edf5",
    ".caption": "fill:#9aa8bd",
    ".box": "fill:#182133;stroke:#3a4961",
    ".edge": "stroke:#5d6d87",
    ".head": "fill:#5d6d87",
    ".mark": "stroke:#9aa8bd",
    ".running .box": "fill:#14254a;stroke:#4d8bf5",
    ".running .mark": "stroke:#7fb0ff",
    ".succeeded .box": "fill:#10291d;stroke:#2f7d4b",
    ".succeeded .mark": "stroke:#4fd07f",
    ".failed .box": "fill:#331719;stroke:#a84444",
    ".failed .mark": "stroke:#ff8a8a",
    ".blocked .box": "fill:#2e2210;stroke:#9a6f1f",
    ".blocked .mark": "stroke:#f5c15c",
}
_SHAPES: Mapping[str, str] = {
    "text": "font-family:system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif",
    ".title": f"font-size:{TITLE}px;font-weight:600",
    ".label": f"font-size:{LABEL}px;font-weight:500",
    ".caption": f"font-size:{CAPTION}px",
    ".box": "stroke-width:1",
    ".edge": "fill:none;stroke-width:1.4",
    ".tolerant": "stroke-dasharray:5 4",
    ".mark": "fill:none;stroke-width:1.8;stroke-linecap:round;stroke-linejoin:round",
    ".skipped .box,.cancelled .box,.discarded .box": "stroke-dasharray:4 3",
    ".skipped .label,.cancelled .label,.discarded .label": "opacity:.7",
}
MARKS: Mapping[str, str] = {
    "running": "M-4.5 -5.5 L4.5 0 L-4.5 5.5 Z",
    "succeeded": "M-5 .5 L-1.5 4 L5 -4",
    "failed": "M-4 -4 L4 4 M4 -4 L-4 4",
    "blocked": "M-2.5 -4.5 V4.5 M2.5 -4.5 V4.5",
    "skipped": "M-5 -4 L-.5 0 L-5 4 M1 -4 L5.5 0 L1 4",
    "cancelled": "M-5 0 A5 5 0 1 0 5 0 A5 5 0 1 0 -5 0 M-3.5 3.5 L3.5 -3.5",
    "discarded": "M-5 0 H5",
    "ready": "M-4 0 A4 4 0 1 0 4 0 A4 4 0 1 0 -4 0",
    "pending": "M-4 0 h.1 M0 0 h.1 M4 0 h.1",
}
"""For each status a path around (0, 0), at most 12 pixels wide: it tells the status where colours do not."""


def style_sheet() -> str:
    """The rules, light first; those for dark follow in a media query."""
    return f"{_rules(_SHAPES)}{_rules(_LIGHT)}@media (prefers-color-scheme:dark){{{_rules(_DARK)}}}"


def _rules(table: Mapping[str, str]) -> str:
    return "".join(f"{selector}{{{body}}}" for selector, body in table.items())
