"""``/api``: what the pages know, for programs; read only, described by ``/api/openapi.json``."""
