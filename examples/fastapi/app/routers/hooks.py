import hashlib
import hmac
import json
import os

from fastapi import APIRouter, HTTPException, Request

from app.store import payments

router = APIRouter()
secret = os.environ.get("WEBHOOK_SECRET", "whsec_4f9a27c1d05e")


@router.post("/hooks/payments")
async def payment_hook(request: Request):
    body = await request.body()
    expected = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    if request.headers.get("x-signature") != expected:
        raise HTTPException(401, "bad signature")
    payments.append(json.loads(body))
    return {"received": True}
