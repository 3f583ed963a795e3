from flask import Blueprint, request

from ..store import add, find, notes, remove

bp = Blueprint("notes", __name__)


@bp.get("/")
def list_notes():
    page = request.args.get("page", 1, type=int)
    search = request.args.get("search")
    found = [note for note in notes if search is None or search in note["title"]]
    return {"page": page, "items": found[(page - 1) * 20 : page * 20]}


@bp.post("/")
def create_note():
    data = request.get_json()
    if not data.get("title"):
        return {"error": "title is needed"}, 400
    values = {
        "title": data["title"].strip(),
        "body": data.get("body"),
        "pinned": data.get("pinned", False),
        "owner_id": data.get("owner_id"),
    }
    return add(notes, values), 201


@bp.get("/<int:note_id>")
def get_note(note_id):
    note = find(notes, note_id)
    if note is None:
        return {"error": "no such note"}, 404
    return note


@bp.put("/<int:note_id>")
def update_note(note_id):
    note = find(notes, note_id)
    if note is None:
        return {"error": "no such note"}, 404
    note.update(request.get_json())
    return note


@bp.delete("/<int:note_id>")
def delete_note(note_id):
    if not remove(notes, note_id):
        return {"error": "no such note"}, 404
    return "", 204
