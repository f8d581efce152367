"""Repair by search in JavaScript, and in TypeScript as far as its types can be blanked out."""
