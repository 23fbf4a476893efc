"""Behaviour of PL/pgSQL trigger functions, read from their trees and never run.

`effects`: all that a trigger can do; `triggers`: what it does to one row; `sequence`: what the
triggers of a table do together.
"""
