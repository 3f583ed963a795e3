import traceback

from fastapi import FastAPI, Request
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles

from app.routers import admin, hooks, notes, uploads, users

app = FastAPI(title="Notes")

app.add_middleware(
    CORSMiddleware,
    allow_origins=["*"],
    allow_credentials=True,
    allow_methods=["*"],
    allow_headers=["*"],
)

app.include_router(users.router, prefix="/api/users")
app.include_router(notes.router, prefix="/api/notes")
app.include_router(admin.router, prefix="/api/admin")
app.include_router(uploads.router, prefix="/api/uploads")
app.include_router(hooks.router)
app.mount("/static", StaticFiles(directory="public"), name="static")


@app.get("/health")
def health():
    return {"status": "ok"}


@app.exception_handler(Exception)
async def on_error(request: Request, error: Exception):
    return JSONResponse({"error": str(error), "trace": traceback.format_exc()}, status_code=500)
