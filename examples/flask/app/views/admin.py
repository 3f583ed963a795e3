from flask import Blueprint

from ..store import notes, payments, users

bp = Blueprint("admin", __name__)


@bp.get("/stats")
def stats():
    return {"users": len(users), "notes": len(notes), "payments": len(payments)}


@bp.delete("/notes")
def remove_notes():
    removed = len(notes)
    notes.clear()
    return {"removed": removed}
