"""Many targets audited as one estate: targets, tasks, engines, state, and the portfolio of it all.

fleet.toml or a folder -> targets -> tasks on an engine -> state and log -> portfolio
"""
