"""Templates for what rustc says, where it spells out no change of its own."""
