"""Viber: the REST bot API."""
