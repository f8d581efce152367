"""The ways in: each front end parses what it is given, calls the application and renders the answer."""
