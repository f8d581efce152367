"""Templates for what javac says."""
