from flask import Blueprint, request

bp = Blueprint("uploads", __name__)


@bp.post("/")
def upload():
    file = request.files.get("file")
    if file is None:
        return {"error": "a file is needed"}, 400
    return {"name": file.filename, "size": len(file.read())}, 201
