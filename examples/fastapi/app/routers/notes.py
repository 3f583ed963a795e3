from fastapi import APIRouter, HTTPException
from pydantic import BaseModel

from app.store import add, find, notes, remove

router = APIRouter()


class Note(BaseModel):
    title: str
    body: str | None = None
    pinned: bool = False
    owner_id: int | None = None


@router.get("/")
def list_notes(page: int = 1, search: str | None = None):
    found = [note for note in notes if search is None or search in note["title"]]
    return {"page": page, "items": found[(page - 1) * 20 : page * 20]}


@router.post("/", status_code=201)
def create_note(note: Note):
    return add(notes, note.model_dump())


@router.get("/{note_id}")
def get_note(note_id: int):
    note = find(notes, note_id)
    if note is None:
        raise HTTPException(404, "no such note")
    return note


@router.put("/{note_id}")
def update_note(note_id: int, change: dict):
    note = find(notes, note_id)
    if note is None:
        raise HTTPException(404, "no such note")
    note.update(change)
    return note


@router.delete("/{note_id}", status_code=204)
def delete_note(note_id: int):
    if not remove(notes, note_id):
        raise HTTPException(404, "no such note")
