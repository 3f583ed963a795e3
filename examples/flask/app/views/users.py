from flask import Blueprint, jsonify, request

from ..store import add, find, remove, users

bp = Blueprint("users", __name__)


@bp.get("/")
def list_users():
    return jsonify(users)


@bp.post("/")
def create_user():
    data = request.get_json()
    if not data.get("name") or not data.get("email"):
        return {"error": "name and email are needed"}, 400
    user = add(users, {"name": data["name"], "email": data["email"], "role": data.get("role", "user")})
    return user, 201


@bp.get("/<int:user_id>")
def get_user(user_id):
    user = find(users, user_id)
    if user is None:
        return {"error": "no such user"}, 404
    return user


@bp.put("/<int:user_id>")
def update_user(user_id):
    user = find(users, user_id)
    if user is None:
        return {"error": "no such user"}, 404
    user.update(request.get_json())
    return user


@bp.delete("/<int:user_id>")
def delete_user(user_id):
    if not remove(users, user_id):
        return {"error": "no such user"}, 404
    return "", 204
