from fastapi import APIRouter

from app.store import notes, payments, users

router = APIRouter()


@router.get("/stats")
def stats():
    return {"users": len(users), "notes": len(notes), "payments": len(payments)}


@router.delete("/notes")
def remove_notes():
    removed = len(notes)
    notes.clear()
    return {"removed": removed}
