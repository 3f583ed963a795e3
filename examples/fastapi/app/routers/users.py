from fastapi import APIRouter, HTTPException, Request

from app.store import add, find, remove, users

router = APIRouter()


@router.get("/")
def list_users():
    return users


@router.post("/", status_code=201)
async def create_user(request: Request):
    data = await request.json()
    if not data.get("name") or not data.get("email"):
        raise HTTPException(400, "name and email are needed")
    return add(users, {"name": data["name"], "email": data["email"], "role": data.get("role", "user")})


@router.get("/{user_id}")
def get_user(user_id: int):
    user = find(users, user_id)
    if user is None:
        raise HTTPException(404, "no such user")
    return user


@router.put("/{user_id}")
async def update_user(user_id: int, request: Request):
    user = find(users, user_id)
    if user is None:
        raise HTTPException(404, "no such user")
    user.update(await request.json())
    return user


@router.delete("/{user_id}", status_code=204)
def delete_user(user_id: int):
    if not remove(users, user_id):
        raise HTTPException(404, "no such user")
