"""The web application: pages for sellers, marketers and their managers, made by the server.

A page is a module in `pages` with a documented context, a template of the same name, and a test.
Pages read the store through the server's rooms, as the API does; what
they change goes the same way.
"""

from __future__ import annotations
