"""Consultations.

A ticket is opened for a conversation, waits, is taken by exactly one specialist, and is resolved.
"""
