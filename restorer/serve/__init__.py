"""The review page and the HTTP API: ``restore serve``.

Read in this order: ``limits`` (what is refused), ``options`` and ``bodies`` (what a request may say), ``jobs`` (what a
worker does), ``worker`` and ``pool`` (processes, turns, deadlines), ``api`` and ``stream`` (routes of the API),
``workbench``, ``open_file`` and ``page`` (the review page), ``gate`` (bodies, tokens and headers of every request),
``openapi``, ``metrics``, ``app`` (all of it put together) and ``run`` (sockets, start and end).
"""
