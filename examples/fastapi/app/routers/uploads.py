from fastapi import APIRouter, UploadFile

router = APIRouter()


@router.post("/", status_code=201)
async def upload(file: UploadFile):
    return {"name": file.filename, "size": len(await file.read())}
