"""Packages that a program needs and its manifest does not name, declared by the project's own tool in a copy."""
