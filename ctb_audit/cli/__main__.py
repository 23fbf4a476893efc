"""`python -m ctb_audit.cli`: the command without its entry point."""

from ctb_audit.cli import main

main()
