"""Payments, read from text and summed up."""
