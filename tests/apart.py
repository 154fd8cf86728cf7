"""Processes of their own, for what happens at the same moment: they share nothing but the database.

Each starts from one that has read the product and done nothing else, so that reading it is paid for once.
"""

import multiprocessing

from registry import VIEWS

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["registry.jobs", *(f"registry.views.{v}" for v in VIEWS), "tests.databases"])
