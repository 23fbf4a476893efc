"""`ctb serve`: the four endpoints of the schema reference, and its pages, over HTTP.

    server   sockets, signals, uvicorn        app      routes and what stands before them
    api      the endpoints                    pages    what a browser shows
    openapi  the document, and so the shapes  bodies   what a request may hold
    keys     who may ask                      limits   how often
    paths    what a path may reach            repositories  what an id chooses
    jobs     queue and processes              worker   the process of one job: runs, lock, reports
    history  rows of the log, paged           guard    hosts, headers, access log, last resort

Jobs run in processes of their own: a parser that crashes, a repository that hangs, or a large
dump ends with its process and not with the service.
"""
