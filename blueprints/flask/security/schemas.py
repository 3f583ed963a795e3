"""Fields of JSON bodies as the handlers read them; `secure` writes it anew."""

from .body_schema import Schema

SCHEMAS: list[Schema] = [
    {
        "method": "POST",
        "path": "/items",
        "closed": True,
        "fields": [
            {
                "name": "name",
                "type": "string",
                "optional": False,
            },
            {
                "name": "secret",
                "type": "integer",
                "optional": True,
            },
        ],
    },
]
