"""Processes of their own, for what happens at the same moment: they share nothing but the database.

Each starts from one that has read the product (`tests.read`) and done nothing else, so that it is paid for once.
"""

import multiprocessing

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.read"])
