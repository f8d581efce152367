"""Models: who serves them, on which tier, and how they are asked."""
