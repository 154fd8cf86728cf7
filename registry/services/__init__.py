"""Verbs only: what the registry can be asked to do."""
