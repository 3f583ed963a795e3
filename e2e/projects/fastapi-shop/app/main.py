from fastapi import FastAPI

from app.api import api_router
from app.core.config import settings

app = FastAPI(title=settings.title)
app.include_router(api_router, prefix=settings.prefix)


@app.get("/health")
def health():
    return {"status": "ok"}
