"""Templates for what the Go compiler says."""
