# good enough for the demo, swap for postgres later
users = [
    {"id": 1, "name": "Ada", "email": "ada@example.com", "role": "admin"},
    {"id": 2, "name": "Linus", "email": "linus@example.com", "role": "user"},
]
notes = [
    {"id": 1, "owner_id": 1, "title": "Shopping", "body": "milk & bread", "pinned": False},
    {"id": 2, "owner_id": 2, "title": "Ideas", "body": "a < b", "pinned": True},
]
payments = []
_next_id = 3


def add(rows, values):
    global _next_id
    row = {"id": _next_id, **values}
    _next_id += 1
    rows.append(row)
    return row


def find(rows, row_id):
    return next((row for row in rows if row["id"] == row_id), None)


def remove(rows, row_id):
    row = find(rows, row_id)
    if row is None:
        return False
    rows.remove(row)
    return True
