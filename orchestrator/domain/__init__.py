"""The frozen vocabulary: values without behaviour beyond their own invariants; nothing here does I/O."""
